import { join } from 'node:path';
import { failures, until, Walkthrough } from '@grpc-by-example/testing';
import { ClientProgram, ServerProgram } from '@grpc-by-example/testing/program-tests';
import { hasEnded, recordOf, stalePicture } from 'stream-trace/testing';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = new Walkthrough(join(import.meta.dirname, '../README.md'), root);
const { real } = page;
const failed: Record<string, string> = {};

/** The client without pnpm, which costs less. */
const client = new ClientProgram('message-client', join(import.meta.dirname, '../client'));

const firstLines = (text: string, count: number) => text.split('\n').slice(0, count).join('\n');

test.concurrent('both print what the document says, and stop in order', async () => {
  const { server, at } = await page.startServer('message-server', 50051);
  const [option, address = ''] = at;
  const caller = page.start('message-client', ...at);
  await Promise.all([
    caller.prints(/(Received message: Hello, world!\n){3}/),
    server.prints(/(Received request: Hello, world!\n){3}/),
  ]);
  caller.signal('SIGINT');
  expect(await caller.ended).toBe(0);
  expect(caller.stderr).toBe('');
  expect(caller.stdout).toMatch(/^(Received message: Hello, world!\n){3,}$/);
  real.server = firstLines(server.stdout.replace(` ${option} ${address}`, '').replace(address, 'localhost:50051'), 4);
  real.client = firstLines(caller.stdout, 3);

  const [words = ''] = page.block('other words').match(/(?<=start ).*/) ?? [];
  const [, name] = words.split(' ');
  real.three = (await client.run(address, ...words.split(' '))).stdout;
  await server.prints(new RegExp(`(Received request: ${name}\n){2}`));

  const last = client.start(address);
  await last.prints(/Received message/);
  server.signal('SIGINT');
  expect([await server.ended, await last.ended]).toEqual([0, 1]);
  failed['server stops'] = last.stderr;
});

test.concurrent('a server that is not there', async () => {
  failed['no server'] = await page.withoutServer('message-client', 50051);
});

test.concurrent('an interval that is none', async () => {
  const { stderr } = await client.run('127.0.0.1:1', '--interval', 'soon');
  failed['wrong interval'] = stderr;
});

test.concurrent('the picture of the walkthrough is drawn from a call', async () => {
  const { server, port } = await new ServerProgram(
    'message-server',
    join(import.meta.dirname, '../server'),
  ).startOnFreePort('--trace');
  for (;;) {
    const { stderr } = await client.run(`localhost:${port}`, '--count', '3', '--trace');
    const record = () => recordOf(stderr, server.stderr);
    await until(() => hasEnded(record()));
    const sent = record().filter(({ event, sent }) => event === 'message' && sent);
    // On a busy machine one side may be a message ahead.
    if (sent.length !== 6) continue;
    const picture = { title: 'Two directions that do not wait for each other', events: record() };
    expect(stalePicture(join(import.meta.dirname, '../pictures/messages.svg'), picture)).toEqual([]);
    return;
  }
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  expect(page.block('prune')).toContain(' prune message-server message-client ');
  real.failures = failures({
    'The server is stopped:': failed['server stops'],
    'There is none:': failed['no server'],
    'An argument is wrong:': failed['wrong interval'],
  });
  expect(page.stale()).toEqual([]);
});
