import { Metadata } from '@grpc/grpc-js';
import { run, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { fixture, logLines, start, startEchoServer } from './programs.ts';
import { connect, named } from './start.ts';
import { UnreadPipe, withOutputs } from './unread-pipe.ts';

const CALLS = 2_000;
/** So long that what is printed of all calls is more than may wait. */
const LONG = 'x'.repeat(1_000);

/** Starts a server whose stderr goes to this file. */
async function startServer(stderr: string, ...args: string[]) {
  const program = start(withOutputs({ 2: stderr }, fixture('echo-server', '--port', '0', ...args)));
  const [, address = ''] = await program.prints(/ listens on (\S+)\. /);
  return { program, address };
}

/** Makes the calls a few at a time; each has a long id, by which it is logged. */
async function callOften(address: string, text = 'hello', id = (n: number) => named(`${n} ${LONG}`)): Promise<void> {
  const { say } = connect(address);
  for (let n = 0; n < CALLS; n += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => say(text, id(n + i))));
  }
}

/** How many lines arrived, and how many the line in between says were dropped. */
function count(stderr: string) {
  const lines = logLines({ stderr } as Parameters<typeof logLines>[0]);
  return {
    arrived: lines.filter(({ msg }) => msg === 'call ended').length,
    dropped: lines.reduce((sum, { dropped = 0 }) => sum + Number(dropped), 0),
  };
}

test.concurrent('a log that nobody reads holds up no call, and says how much of it was dropped', async () => {
  const pipe = new UnreadPipe();
  const { address } = await startServer(pipe.path);
  await callOften(address);
  const { arrived, dropped } = count(await pipe.readUntil(/were dropped.*\n/));
  expect(dropped).toBeGreaterThan(0);
  expect(arrived + dropped).toBe(CALLS);
});

test.concurrent('a server whose log nobody reads ends in order at SIGTERM', async () => {
  const { program, address } = await startServer(new UnreadPipe().path);
  await callOften(address);
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(program.stdout).toContain('is shutting down');
});

test.concurrent('a trace that nobody reads holds up no call', async () => {
  const { program, address } = await startServer(new UnreadPipe().path, '--trace', '--log-level', 'silent');
  await callOften(address);
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
});

test.concurrent('a server whose log cannot be written goes on', async () => {
  const { program, address } = await startServer('/dev/full', '--trace');
  expect(await connect(address).say('hello')).toEqual({ text: 'hello' });
  expect(await connect(address).say('again')).toEqual({ text: 'again' });
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
});

test.concurrent('what a service prints and nobody reads holds up no call, and is told', async () => {
  const pipe = new UnreadPipe();
  const program = start(withOutputs({ 1: pipe.path }, fixture('printing-server', '--port', '0')));
  const [, address = ''] = (await pipe.readUntil(/ listens on (\S+)\. .*\n/)).match(/ listens on (\S+)\. /) ?? [];
  await callOften(address, LONG, () => new Metadata());
  const stdout = await pipe.readUntil(/were dropped.*\n/);
  const dropped = Number(stdout.match(/\((\d+) lines were dropped/)?.[1]);
  expect(dropped).toBeGreaterThan(0);
  expect(stdout.split('\n').filter((line) => line === LONG).length + dropped).toBe(CALLS);
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
});

test.concurrent('a client whose output cannot be written says so in one line, exit 1', async () => {
  const { address } = await startEchoServer();
  const command = withOutputs({ 1: '/dev/full' }, fixture('echo-client', '--address', address, 'hello'));
  expect(await run(command)).toEqual({
    exit: 1,
    stdout: '',
    stderr: 'Error: cannot write to stdout: ENOSPC: no space left on device, write\n',
  });
});

test.concurrent('a client whose output nobody reads ends at SIGTERM', async () => {
  const { address } = await startEchoServer();
  const texts = Array.from({ length: 200 }, () => LONG);
  const echo = fixture('echo-client', '--address', address, ...texts, '--trace');
  const program = start(withOutputs({ 1: new UnreadPipe().path }, echo));
  await until(() => program.stderr.match(/"event":"message","sent":false/g)?.length === texts.length);
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
});

test.concurrent('a client whose trace nobody reads goes on', async () => {
  const { address } = await startEchoServer();
  const texts = Array.from({ length: 1_000 }, (_, n) => `${n}`);
  const program = start(
    withOutputs({ 2: new UnreadPipe().path }, fixture('echo-client', '--address', address, ...texts, '--trace')),
  );
  await program.prints(/^999\n/m);
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
});
