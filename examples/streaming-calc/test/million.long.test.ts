import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programCommand, until, Walkthrough } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';

const MIB = 2 ** 20;
const folder = join(import.meta.dirname, '..');
const page = new Walkthrough(join(folder, 'README.md'), join(folder, '../..'));

/** Writes the integers in two parts, and a word on stderr as soon as the reader has taken a part, but for a pipe full. */
const IN_TWO_PARTS = `
  { seq -f %.0f $1 $2; echo half >&2; seq -f %.0f $(($2 + 1)) $3; echo all >&2; } | {
    shift 3
    sh -c 'echo "pid $$" >&2; exec "$@"' sh "$@"
  }`;

/**
 * A program needs some 16 MiB by itself, and far more than this if it kept the values: then it would crash. What is new
 * in the heap counts towards the limit when it moves on, and by default as much as 32 MiB can do so at once.
 */
function withLittleMemory(side: string, ...args: string[]): string[] {
  const [node = '', ...program] = programCommand(join(folder, side, 'src/main.ts'), ...args);
  return [node, '--max-old-space-size=40', '--max-semi-space-size=4', ...program];
}

/** The resident memory of a process in bytes. */
function memoryOf(pid: string | number): number {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]) * 1024;
}

test('a million values from standard input have the sum that the page has, in constant memory', async () => {
  const [, first = '', last = ''] = page.block('a million').match(/^seq -f %\.0f (\d+) (\d+) \|/) ?? [];
  const middle = String((BigInt(first) + BigInt(last)) / 2n);
  const server = startProgram(withLittleMemory('server', '--port', '0'));
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  const sum = withLittleMemory('client', '--address', address, 'sum', '-');
  const client = startProgram(['sh', '-c', IN_TWO_PARTS, 'sh', first, middle, last, ...sum]);

  const memory = async (after: string) => {
    await until(() => client.stderr.includes(after));
    // Only Linux tells.
    if (process.platform !== 'linux') return { client: 0, server: 0 };
    return { client: memoryOf(client.stderr.match(/pid (\d+)/)?.[1] ?? ''), server: memoryOf(server.pid) };
  };
  const atHalf = await memory('half');
  const atEnd = await memory('all');
  expect(await client.ended).toBe(0);
  expect(client.stdout).toBe(page.block('a million values')); // walkthrough.test.ts adds it up

  // What the garbage collector has left to do comes and goes; the limit above is the sharper one.
  expect(atEnd.client - atHalf.client).toBeLessThan(40 * MIB);
  expect(atEnd.server - atHalf.server).toBeLessThan(40 * MIB);
});
