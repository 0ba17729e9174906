import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, readmeBlocks, until } from 'testing';
import { expect, test } from 'vitest';

const MIB = 2 ** 20;
const folder = join(import.meta.dirname, '..');
const block = (name: string) =>
  readmeBlocks(join(folder, 'README.md')).find(({ source }) => source === name)?.text ?? '';

/** Writes the integers in two parts, and a word on stderr as soon as the reader has taken a part, but for a pipe full. */
const IN_TWO_PARTS = `
  { seq -f %.0f $1 $2; echo half >&2; seq -f %.0f $(($2 + 1)) $3; echo all >&2; } | {
    shift 3
    sh -c 'echo "pid $$" >&2; exec "$@"' sh "$@"
  }`;

/** The resident memory of a process in bytes. */
function memoryOf(pid: string | number): number {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]) * 1024;
}

test('a million values from standard input have their exact sum, in constant memory', {
  timeout: 120_000,
}, async () => {
  const [, first = '', last = ''] = block('a million').match(/^seq -f %\.0f (\d+) (\d+) \|/) ?? [];
  expect(Number(last) - Number(first)).toBe(999_999);
  let sum = 0n;
  for (let value = BigInt(first); value <= BigInt(last); value++) sum += value;
  expect(BigInt(Number(sum))).not.toBe(sum); // a number could not hold it

  // A program needs some 30 MiB by itself, and as much again if it kept the values: then it would crash.
  const node = ['node', '--max-old-space-size=48', '--import', 'tsx', 'src/main.ts'];
  await using server = new Program([...node, '--port', '0'], { cwd: join(folder, 'server') });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  const middle = String((BigInt(first) + BigInt(last)) / 2n);
  const client = new Program(
    ['sh', '-c', IN_TWO_PARTS, 'sh', first, middle, last, ...node, '--address', address, 'sum', '-'],
    { cwd: join(folder, 'client') },
  );
  await using _client = client;

  const memory = async (after: string) => {
    await until(() => client.stderr.includes(after), 60_000);
    // Only Linux tells.
    if (process.platform !== 'linux') return { client: 0, server: 0 };
    return { client: memoryOf(client.stderr.match(/pid (\d+)/)?.[1] ?? ''), server: memoryOf(server.pid) };
  };
  const atHalf = await memory('half');
  const atEnd = await memory('all');
  expect(await client.ended).toBe(0);
  expect(client.stdout).toBe(`Value: ${sum}\n`);
  expect(client.stdout).toBe(block('a million values'));

  // What the garbage collector has left to do comes and goes; the limit above is the sharper one.
  expect(atEnd.client - atHalf.client).toBeLessThan(40 * MIB);
  expect(atEnd.server - atHalf.server).toBeLessThan(40 * MIB);
});
