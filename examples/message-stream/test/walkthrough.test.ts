import { join } from 'node:path';
import { Program, readmeBlocks, run, staleBlocks } from 'testing';
import { expect, test } from 'vitest';

const readme = join(import.meta.dirname, '../README.md');
const cwd = join(import.meta.dirname, '../../..');
const real: Record<string, string> = {};

const start = (program: string, ...args: string[]) => ['pnpm', '--silent', '--filter', program, 'start', ...args];
const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
const firstLines = (text: string, count: number) => text.split('\n').slice(0, count).join('\n');

test('both print what the document says, and stop in order', { timeout: 40_000 }, async () => {
  await using server = new Program(start('message-server', '--port', '0'), { cwd });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  const at = ['--address', address];
  await using client = new Program(start('message-client', ...at), { cwd });
  await Promise.all([
    client.prints(/(Received message: Hello, world!\n){3}/),
    server.prints(/(Received request: Hello, world!\n){3}/),
  ]);
  client.signal('SIGINT');
  expect(await client.ended).toBe(0);
  expect(client.stderr).toBe('');
  expect(client.stdout).toMatch(/^(Received message: Hello, world!\n){3,4}$/);
  real.server = firstLines(server.stdout.replace(` --address ${address}`, '').replace(address, 'localhost:50051'), 4);
  real.client = firstLines(client.stdout, 3);

  const block = readmeBlocks(readme).find(({ source }) => source === 'other words')?.text ?? '';
  const words =
    block
      .trim()
      .match(/(?<=start ).*/)?.[0]
      .replaceAll("'", '')
      .split(' ') ?? [];
  real.three = (await run(start('message-client', ...words, ...at), { cwd })).stdout;
  await server.prints(new RegExp(`(Received request: ${words[1]}\n){2}`));

  await using last = new Program(start('message-client', ...at), { cwd });
  await last.prints(/Received message/);
  server.signal('SIGINT');
  expect([await server.ended, await last.ended]).toEqual([0, 1]);
  real['server stops'] = firstLine(last.stderr);
});

test('mistakes are told in one line', { timeout: 30_000 }, async () => {
  const nobody = await run(start('message-client', '--address', '127.0.0.1:1'), { cwd });
  real['no server'] = firstLine(nobody.stderr).replace('127.0.0.1:1', '127.0.0.1:50051');
  const wrong = await run(start('message-client', '--interval', 'soon'), { cwd });
  real['wrong interval'] = firstLine(wrong.stderr);
});

test('the diagram of the walkthrough shows the messages of a run', () => {
  const diagram = readmeBlocks(readme).find(({ kind }) => kind === 'diagram')?.text ?? '';
  const hellos = Array(3).fill('Hello, world!');
  expect(real.client?.match(/(?<=Received message: ).*/g)).toEqual(hellos);
  expect(real.server?.match(/(?<=Received request: ).*/g)).toEqual(hellos);
  expect(diagram.match(/(?<=->>server: ).*/g)).toEqual([
    '/messages.MessageService/StreamMessages',
    ...hellos,
    'half-close',
  ]);
  expect(diagram.match(/(?<=-->>client: ).*/g)).toEqual(['headers', ...hellos, 'status OK']);
  real.messages = diagram;
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  for (const { kind, source, text } of readmeBlocks(readme)) if (kind === 'commands') real[source] = text;
  expect(real.prune).toContain(' prune message-server message-client ');
  expect(staleBlocks(readme, real)).toEqual([]);
});
