import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { onInterrupt } from '../src/interrupts.ts';
import { startProgram } from './programs.ts';
import { connect } from './start.ts';

/** What is surely within the 300 ms that make two signals one. */
const SHORT_MS = 150;

const IS_OVER = 'a signal is another interrupt now';
/** Has a program tell when the time is over in which two signals are one interrupt. */
const TELLS_WHEN_OVER = `
  const later = setTimeout;
  globalThis.setTimeout = (run, ms, ...args) =>
    later((...args) => {
      run(...args);
      if (ms === 300) setImmediate(() => console.log('${IS_OVER}'));
    }, ms, ...args);`;

async function start(args: string[], env: NodeJS.ProcessEnv = {}) {
  const program = startProgram('server', ['--port', '0', ...args], { env });
  const [, address = ''] = await program.prints(/ listens on (\S+)\. /);
  return { program, address };
}

/** A caller whom the server will not let go. */
async function call(address: string) {
  const conversation = connect(address).talk();
  await conversation.received(1);
  return conversation;
}

/** What {@link onInterrupt} tells, and its listeners, which hear of no signal to this process. */
function listen() {
  const told: string[] = [];
  const listeners: (() => void)[] = [];
  const on = vi.spyOn(process, 'on').mockImplementation((_, listener) => {
    listeners.push(listener);
    return process;
  });
  onInterrupt(
    () => told.push('first'),
    () => told.push('again'),
  );
  expect(on.mock.calls.map(([name]) => name)).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP']);
  on.mockRestore();
  const [interrupt = () => {}, terminate = () => {}] = listeners;
  return { told, interrupt, terminate };
}

test('signals within 300 ms are one interrupt, and a later one is another', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { told, interrupt, terminate } = listen();
  interrupt();
  for (const milliseconds of [1, 198, 100]) {
    vi.advanceTimersByTime(milliseconds);
    interrupt();
  }
  expect(told).toEqual(['first']);
  vi.advanceTimersByTime(2);
  terminate();
  expect(told).toEqual(['first', 'again']);
});

test('a signal that comes while the program stands still is of the same interrupt, for however long', async () => {
  const { told, interrupt } = listen();
  let heard = 0;
  const listener = () => {
    heard += 1;
    interrupt();
  };
  process.on('SIGUSR2', listener);
  interrupt();
  process.kill(process.pid, 'SIGUSR2');
  for (const end = performance.now() + 400; performance.now() < end; );
  await until(() => heard === 1);
  process.off('SIGUSR2', listener);
  expect(told).toEqual(['first']);
});

test.concurrent('one Ctrl-C that arrives twice leaves callers the grace period', async () => {
  const { program, address } = await start(['--grace', '1']);
  const conversation = await call(address);
  program.signal('SIGINT', 'SIGTERM');
  // Had the second one counted, the connection would have been dropped.
  expect(await conversation.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  expect(await program.ended).toBe(0);
  expect(program.stdout.match(/shutting down/g)).toHaveLength(1);
  expect(program.stderr).not.toContain('rror');
});

test.concurrent('a Ctrl-C that arrives again while the program ends does not kill it', async () => {
  const { program } = await start([]);
  // The program has nothing to wait for, and would be gone within 20 ms.
  for (const firstAt = performance.now(); performance.now() - firstAt < SHORT_MS; await delay(5)) {
    program.signal('SIGINT');
  }
  expect(await program.ended).toBe(0);
});

test.concurrent('a second Ctrl-C drops the callers and ends the program', async () => {
  const options = `--import=data:text/javascript,${encodeURIComponent(TELLS_WHEN_OVER)}`;
  const { program, address } = await start(['--grace', '3600'], { NODE_OPTIONS: options });
  const conversation = await call(address);
  program.signal('SIGINT');
  await program.prints(new RegExp(IS_OVER));
  program.signal('SIGINT'); // and no third one, which would kill a program that is on its way out
  const { code } = await conversation.status;
  // Not DEADLINE_EXCEEDED, which is what its own deadline would make of it.
  expect([status.CANCELLED, status.UNAVAILABLE, status.INTERNAL]).toContain(code);
  expect(await program.ended).toBe(0);
});

test.concurrent.each(['SIGTERM', 'SIGHUP'] as const)(
  'a server without a grace period ends at once, at %s',
  async (signal) => {
    const { program, address } = await start(['--grace', '0']);
    const conversation = await call(address);
    program.signal(signal);
    expect(await conversation.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
    expect(await program.ended).toBe(0);
  },
);
