import { join } from 'node:path';
import { run, staleBlocks } from '@grpc-by-example/testing';
import { startServer } from 'grpc-program/server';
import { expect, test } from 'vitest';
import * as google from '../src/stacks/google-protobuf/chat.ts';
import * as es from '../src/stacks/protobuf-es/chat.ts';
import { sizes } from '../src/stacks/sizes.ts';
import * as ts from '../src/stacks/ts-proto/chat.ts';

const page = join(import.meta.dirname, '../what-this-stack-costs.md');
const clients = { 'google-protobuf': google, 'protobuf-es': es, 'ts-proto': ts };
const TEXTS = ['Hi', '', 'größe 📏', 'x'.repeat(100_000)];

test.each([
  ['google-protobuf', () => startServer([[google.service, google.handlers]])],
  ['protobuf-es', () => startServer([[es.service, es.handlers]])],
  ['ts-proto', () => startServer([[ts.service, ts.handlers]])],
] as const)('the chat with %s answers the clients of all three', async (_, start) => {
  const server = await start();
  for (const [name, { say }] of Object.entries(clients)) {
    expect(await say(server.port, TEXTS), name).toEqual(TEXTS.map((text) => `Ann: ${text}`));
    expect(await say(server.port, []), name).toEqual([]);
  }
  await server.stop();
});

test('every block of the page is what the files hold or what was printed', async () => {
  const reader = join(import.meta.dirname, '../src/stacks/read.ts');
  // A process of its own: the others of this one have google-protobuf read strings otherwise.
  const { exit, stdout, stderr } = await run([process.execPath, '--import', 'tsx', reader], {
    cwd: join(import.meta.dirname, '..'),
  });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(staleBlocks(page, { sizes: (await sizes()).join('\n'), read: stdout })).toEqual([]);
});
