import { status } from '@grpc/grpc-js';
import { inBash, run, until } from '@grpc-by-example/testing';
import { testClientProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import type { Request } from '../../proto/test/contract.mts';
import { fail, type PeerCall, sendNumbers } from './message-peer.ts';
import { program, serve } from './start.ts';

const NO_TIME = 'It must be a number from 0.001 to 86400.';
const NO_COUNT = 'It must be a whole number from 1 on.';

/** What else is refused is in options.test.ts. */
const WRONG = [
  ['--interval <seconds>', 'abc', NO_TIME],
  ['--interval <seconds>', '0', NO_TIME],
  ['--interval <seconds>', '86401', NO_TIME],
  ['--count <messages>', '0', NO_COUNT],
] as const;

testClientProgram(program, {
  wrong: WRONG.map(([option, value, why]) => [
    option.replace(/<.*>/, value).split(' '),
    `option '${option}' argument '${value}' is invalid. ${why}`,
  ]),
  async countCalls() {
    let calls = 0;
    const address = await serve((call) => {
      calls++;
      call.end();
    });
    return { address, calls: () => calls };
  },
  victim: { fixture: 'server.ts', printed: /Received message: 1\n/ },
});

/** Says a number for each request, and a last word after the half-close: a client that cancels would not get it. */
function sayGoodbye(call: PeerCall): void {
  let n = 0;
  call.on('data', () => call.write({ message: `${++n}` }));
  call.on('end', () => {
    call.write({ message: 'goodbye' });
    call.end();
  });
}

test.concurrent('--help shows its own options, and the unit of the interval', async () => {
  const { stdout } = await program.run('127.0.0.1:1', '--help');
  for (const option of ['--name <text>', '--interval <seconds>', '--count <messages>', '--address <host:port>']) {
    expect(stdout).toContain(`${option} `);
  }
});

test.concurrent('without more arguments it says hello every second, prints what comes, and Ctrl-C ends it with 0', async () => {
  const said: (string | undefined)[] = [];
  const address = await serve((call) => {
    call.on('data', ({ name }: Request) => said.push(name));
    sayGoodbye(call);
  });
  const start = performance.now();
  const client = program.start(address);
  await client.prints(/Received message: 3\n/);
  // A timer may be 1 ms early.
  expect(performance.now() - start).toBeGreaterThan(2_000 - 5);
  client.signal('SIGINT');
  expect(await client.ended).toBe(0);
  // It may say some more before the signal comes.
  const numbers = Array.from(said, (_, n) => n + 1);
  expect(client.stdout).toBe([...numbers, 'goodbye'].map((word) => `Received message: ${word}\n`).join(''));
  expect(client.stderr).toBe('');
  expect(new Set(said)).toEqual(new Set(['Hello, world!']));
});

test.concurrent('--name and --interval: other words, at another pace', async () => {
  const names: (string | undefined)[] = [];
  const address = await serve((call) => {
    call.on('data', ({ name }: Request) => names.push(name));
    sayGoodbye(call);
  });
  const client = program.start(address, '--name', 'שלום', '--interval', '0.05');
  await client.prints(/Received message: 20\n/);
  client.signal('SIGTERM');
  expect(await client.ended).toBe(0);
  expect(new Set(names)).toEqual(new Set(['שלום']));
});

test.concurrent('--count: so many lines, and an orderly end', async () => {
  const address = await serve((call) => {
    sendNumbers(call, 5);
    sayGoodbye(call);
  });
  expect(await program.run(address, '--count', '3', '--interval', '60')).toEqual({
    exit: 0,
    stdout: [1, 2, 3].map((n) => `Received message: ${n}\n`).join(''),
    stderr: '',
  });
});

test.concurrent('one Ctrl-C that arrives twice, as under pnpm, is one', async () => {
  const calls: PeerCall[] = [];
  let halfClosed = false;
  const address = await serve((call) => {
    calls.push(call);
    sendNumbers(call, 1);
    call.resume().on('end', () => {
      halfClosed = true;
    });
  });
  const client = program.start(address);
  await client.prints(/Received message: 1\n/);
  client.signal('SIGINT', 'SIGTERM');
  await until(() => halfClosed);
  for (const call of calls) {
    call.write({ message: 'goodbye' });
    call.end();
  }
  expect(await client.ended).toBe(0);
  expect(client).toMatchObject({ stdout: 'Received message: 1\nReceived message: goodbye\n', stderr: '' });
});

test.concurrent('a server that fails in the middle: its messages, then its status on one line, and exit code 1', async () => {
  const calls: PeerCall[] = [];
  const address = await serve((call) => {
    calls.push(call);
    call.resume();
    sendNumbers(call, 1);
  });
  const client = program.start(address, '--interval', '0.05');
  await client.prints(/Received message: 1\n/);
  for (const call of calls) fail(call, { code: status.DATA_LOSS, details: 'two\nlines  and\n\tmore' });
  expect(await client.ended).toBe(1);
  expect(client.stdout).toBe('Received message: 1\n');
  expect(client.stderr).toBe('Error: DATA_LOSS: two lines and more\n');
});

test.concurrent('the output may be closed by who reads it', async () => {
  const address = await serve((call) => {
    // Without an end: a client that has printed everything before its reader leaves does not notice.
    const flood = setInterval(() => sendNumbers(call, 100), 10);
    call.on('cancelled', () => clearInterval(flood));
  });
  const pipeline = inBash('set -o pipefail; "$@" | head -n 1', ...program.command(address));
  expect(await run(pipeline)).toEqual({ exit: 0, stdout: 'Received message: 1\n', stderr: '' });
});
