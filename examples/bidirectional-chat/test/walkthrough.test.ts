import { join } from 'node:path';
import { readTrace, toMermaid } from 'stream-trace';
import { Program, readmeBlocks, run, staleBlocks, until } from 'testing';
import { expect, test } from 'vitest';

const readme = join(import.meta.dirname, '../README.md');
const cwd = join(import.meta.dirname, '../../..');
const real: Record<string, string> = {};

const start = (program: string, ...args: string[]) => ['pnpm', '--silent', '--filter', program, 'start', ...args];
const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';

/** The real script, on a free port. */
async function startServer(...args: string[]): Promise<{ server: Program; at: string[] }> {
  const server = new Program(start('chat-server', '--port', '0', ...args), { cwd });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  return { server, at: ['--address', address] };
}

/** An interactive client that has said its first words, and so is in the room. */
async function startTalking(name: string, words: string, at: string[]): Promise<Program> {
  const client = new Program(start('chat-client', '--name', name, ...at), { cwd });
  client.type(`${words}\n`);
  await client.prints(new RegExp(`${name}: ${words}`));
  return client;
}

test('the server and the client print what the document says, and stop in order', { timeout: 30_000 }, async () => {
  const { server, at } = await startServer();
  await using _server = server;
  const [option = '', address = ''] = at;
  real.server = server.stdout.replace(` ${option} ${address}`, '').replace(address, 'localhost:9090');
  real.client = (await run(start('chat-client', ...at), { cwd })).stdout;
  expect(real.client).toBe('Sam: Hi\nAnn: Hey\nJohn: Hello\n');

  const input = 'Hi\nHow are you?\n';
  real.interactive = (await run(start('chat-client', '--name', 'Ann', ...at), { cwd, input })).stdout;
  const long = `${'x'.repeat(5 * 2 ** 20)}\n`;
  real['too long'] = firstLine((await run(start('chat-client', '--name', 'Ann', ...at), { cwd, input: long })).stderr);

  await using ann = await startTalking('Ann', 'Hi', at);
  server.signal('SIGINT');
  expect([await server.ended, await ann.ended]).toEqual([0, 1]);
  real['server stops'] = firstLine(ann.stderr);
});

test('mistakes are told in one line', { timeout: 30_000 }, async () => {
  const nobody = await run(start('chat-client', '--address', '127.0.0.1:1'), { cwd });
  real['no server'] = firstLine(nobody.stderr).replace('127.0.0.1:1', '127.0.0.1:9090');
  const wrong = await run(start('chat-server', '--port', 'abc'), { cwd });
  real['wrong port'] = firstLine(wrong.stderr);
});

test('the room tells who left, and lets go of a caller who does not read', { timeout: 30_000 }, async () => {
  const { server, at } = await startServer('--room');
  await using _server = server;
  await using ann = await startTalking('Ann', 'Hello', at);
  await using bob = await startTalking('Bob', 'Hi', at);
  bob.endInput();
  await ann.prints(/Bob left the chat\n/);
  real.room = ann.stdout;

  // Without pnpm, which would not pass on SIGSTOP.
  const client = ['node', '--import', 'tsx', 'src/main.ts', '--name', 'Carl', ...at];
  await using carl = new Program(client, { cwd: join(import.meta.dirname, '../client') });
  carl.type('Hey\n');
  await carl.prints(/Carl: Hey/);
  carl.signal('SIGSTOP');
  const flood = setInterval(() => ann.type(`${'x'.repeat(10_000)}\n`.repeat(50)), 50);
  await ann.prints(/Carl left the chat\n/).finally(() => clearInterval(flood));
  carl.signal('SIGCONT');
  expect(await carl.ended).toBe(1);
  real['slow reader'] = firstLine(carl.stderr);
});

test('the diagram of the walkthrough is drawn from a call', { timeout: 30_000 }, async () => {
  const { server, at } = await startServer('--trace');
  await using _server = server;
  const client = await run(start('chat-client', '--trace', '150', ...at), { cwd });
  await until(() => server.stderr.includes('"event":"status"'));
  real.messages = toMermaid(readTrace(client.stderr + server.stderr));
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  // Commands are run above, in CI, and in take-it-with-you.test.ts.
  for (const { kind, source, text } of readmeBlocks(readme)) if (kind === 'commands') real[source] = text;
  expect(staleBlocks(readme, real)).toEqual([]);
});
