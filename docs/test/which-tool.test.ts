import { join } from 'node:path';
import { staleBlocks } from '@grpc-by-example/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CourseClient, connectCourse } from '../src/course.ts';
import { choices, startChoices } from '../src/which-tool.ts';

const page = join(import.meta.dirname, '../which-tool-when.md');
const real: Record<string, string> = {};
let server: Awaited<ReturnType<typeof startChoices>>;
let client: CourseClient;

beforeAll(async () => {
  server = await startChoices();
  client = connectCourse(server.port);
});
afterAll(() => {
  client.close();
  server.forceStop();
});

test.concurrent.each(Object.entries(choices))('%s', async (name, choose) => {
  const lines: string[] = [];
  await choose(client, (line) => lines.push(line));
  real[name] = lines.join('\n');
});

test('every block of the page is what the files hold or what was printed', () => {
  expect(staleBlocks(page, real)).toEqual([]);
});
