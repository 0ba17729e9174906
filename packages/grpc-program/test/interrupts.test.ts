import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { Program, run } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from './start.ts';

const fixture = (name: string, ...args: string[]) => ['node', '--import', 'tsx', `test/fixtures/${name}.ts`, ...args];
const SLOW = { timeout: 20_000 };

async function start(...args: string[]) {
  const program = new Program(fixture('server', '--port', '0', ...args));
  onTestFinished(() => program[Symbol.asyncDispose]());
  const [, address = ''] = await program.prints(/ listens on (\S+)\. /);
  return { program, address };
}

/** A caller whom the server will not let go. */
async function call(address: string) {
  const conversation = connect(address).talk();
  await conversation.received(1);
  return conversation;
}

test('signals within 300 ms are one interrupt, and a later one is another', SLOW, async () => {
  const { stdout } = await run(fixture('interrupts'));
  const [, milliseconds, signals] = stdout.match(/^first\nagain after (\d+) ms and (\d+) signals\n$/) ?? [];
  expect(Number(milliseconds)).toBeGreaterThanOrEqual(300);
  expect(Number(signals)).toBeGreaterThan(2);
});

test('one Ctrl-C that arrives twice leaves callers the grace period', SLOW, async () => {
  const { program, address } = await start('--grace', '1');
  const conversation = await call(address);
  program.signal('SIGINT');
  await program.prints(/test-server is shutting down\n/);
  program.signal('SIGINT');
  // Had the second one counted, the connection would have been dropped.
  expect(await conversation.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  expect(await program.ended).toBe(0);
  expect(program.stdout.match(/shutting down/g)).toHaveLength(1);
  expect(program.stderr).not.toContain('rror');
});

test('a Ctrl-C that arrives again while the program ends does not kill it', SLOW, async () => {
  const { program } = await start();
  // The program has nothing to wait for, and would be gone within 20 ms.
  for (let copy = 0; copy < 20; copy++) {
    program.signal('SIGINT');
    await delay(5);
  }
  expect(await program.ended).toBe(0);
});

test('a second Ctrl-C drops the callers and ends the program', SLOW, async () => {
  const { program, address } = await start('--grace', '3600');
  const conversation = await call(address);
  const again = setInterval(() => program.signal('SIGINT'), 50);
  const { code } = await conversation.status.finally(() => clearInterval(again));
  // Not DEADLINE_EXCEEDED, which is what its own deadline would make of it.
  expect([status.CANCELLED, status.UNAVAILABLE]).toContain(code);
  expect(await program.ended).toBe(0);
});

test('a server that was given no grace period ends at once', SLOW, async () => {
  const { program, address } = await start('--grace', '0');
  const conversation = await call(address);
  program.signal('SIGTERM');
  expect(await conversation.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  expect(await program.ended).toBe(0);
});
