import { join } from 'node:path';
import { failures, firstLine, Program, programCommand, stopLater, until, Walkthrough } from '@grpc-by-example/testing';
import { readTrace } from 'stream-trace';
import { hasEnded, recordOf, stalePicture } from 'stream-trace/testing';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');
const page = new Walkthrough(join(folder, 'README.md'), join(folder, '../..'));
const { real } = page;
const failed: Record<string, string> = {};

/** An interactive client that has said its first words, and so is in the room. */
async function startTalking(name: string, words: string, at: string[]): Promise<Program> {
  const client = page.start('chat-client', '--name', name, ...at);
  client.type(`${words}\n`);
  await client.prints(new RegExp(`${name}: ${words}`));
  return client;
}

test.concurrent('the server and the client print what the document says, and stop in order', async () => {
  const { server, at, ready } = await page.startServer('chat-server', 9090);
  real.server = ready;
  real.client = (await page.run('chat-client', at)).stdout;
  expect(real.client).toBe('Sam: Hi\nAnn: Hey\nJohn: Hello\n');

  real.interactive = (await page.run('chat-client', ['--name', 'Ann', ...at], 'Hi\nHow are you?\n')).stdout;
  const long = `${'x'.repeat(5 * 2 ** 20)}\n`;
  failed['too long'] = (await page.run('chat-client', ['--name', 'Ann', ...at], long)).stderr;

  const ann = await startTalking('Ann', 'Hi', at);
  server.signal('SIGINT');
  expect([await server.ended, await ann.ended]).toEqual([0, 1]);
  failed['server stops'] = ann.stderr;
});

test.concurrent('mistakes are reported on one line', async () => {
  failed['no server'] = await page.withoutServer('chat-client', 9090);
  failed['wrong port'] = (await page.run('chat-server', ['--port', 'abc'])).stderr;
});

test.concurrent('the room tells who left, and lets go of a caller who does not read', async () => {
  const { at } = await page.startServer('chat-server', 9090, '--room', '--send-timeout-seconds', '5');
  const ann = await startTalking('Ann', 'Hello', at);
  const bob = await startTalking('Bob', 'Hi', at);
  bob.endInput();
  await ann.prints(/Bob left the chat\n/);
  real.room = ann.stdout;

  for (let n = 1; real['slow reader'] === undefined; n++) {
    // Without pnpm, which would not pass on SIGSTOP.
    await using carl = new Program(programCommand(join(folder, 'client/src/main.ts'), '--name', `Carl ${n}`, ...at));
    carl.type('Hey\n');
    await carl.prints(/: Hey/);
    carl.signal('SIGSTOP');
    ann.type(`${'x'.repeat(10_000)}\n`.repeat(300)); // more than the room keeps, with what is on its way
    await ann.prints(new RegExp(`Carl ${n} left the chat\n`));
    carl.signal('SIGCONT');
    expect(await carl.ended).toBe(1);
    const error = firstLine(carl.stderr);
    // On a busy machine it may read again too late, when its call has been reset.
    if (!error.includes('CANCELLED')) real['slow reader'] = error;
  }
});

test.concurrent('the picture of the walkthrough is drawn from a call', async () => {
  const { server, at } = await page.startServer('chat-server', 9090, '--trace');
  const client = await page.run('chat-client', ['--trace=150', ...at]);
  await until(() => hasEnded(recordOf(client.stderr, server.stderr)));
  const picture = { title: 'A chat of three messages', events: recordOf(client.stderr, server.stderr) };
  expect(stalePicture(join(folder, 'pictures/messages.svg'), picture)).toEqual([]);
});

test.concurrent('the picture of the room is drawn from the calls of two', async () => {
  const server = new Program(programCommand(join(folder, 'server/src/main.ts'), '--room', '--trace', '--port', '0'));
  stopLater(() => server[Symbol.asyncDispose]());
  const [, address = ''] = await server.prints(/ listens on (\S+)\. /);
  const talk = (name: string) => {
    const main = join(folder, 'client/src/main.ts');
    const caller = new Program(programCommand(main, '--name', name, '--address', address, '--trace'));
    stopLater(() => caller[Symbol.asyncDispose]());
    return caller;
  };
  const ann = talk('Ann');
  ann.type('Hello\n');
  await ann.prints(/Ann: Hello/);
  const bob = talk('Bob');
  await until(() => readTrace(server.stderr).filter(({ event }) => event === 'open').length === 2);
  bob.type('Hi\n');
  await Promise.all([ann.prints(/Bob: Hi/), bob.prints(/Bob: Hi/)]);
  bob.endInput();
  await ann.prints(/Bob left the chat/);
  ann.endInput();
  await Promise.all([ann.ended, bob.ended]);
  const record = () => recordOf(ann.stderr + bob.stderr, server.stderr);
  await until(() => hasEnded(record()));
  const picture = { title: 'Two callers in one room', names: ['Ann', 'Bob'], server: 'room', events: record() };
  expect(stalePicture(join(folder, 'pictures/room.svg'), picture)).toEqual([]);
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  real.failures = failures({
    'The server is stopped:': failed['server stops'],
    'There is none:': failed['no server'],
    'A message is longer than 4 MiB:': failed['too long'],
    'An argument is wrong, here --port abc:': failed['wrong port'],
  });
  // The commands are run above, in CI, and in take-it-with-you.long.test.ts.
  expect(page.stale()).toEqual([]);
});
