import { status } from '@grpc/grpc-js';
import { run, until } from 'testing';
import { expect, test, vi } from 'vitest';
import { fail, type PeerCall, type Request, sendNumbers } from './message-peer.ts';
import { client, cwd, serve, start } from './start.ts';

vi.setConfig({ testTimeout: 30_000 });

/** Says a number for each request, and a last word after the half-close: a client that cancels would not get it. */
function sayGoodbye(call: PeerCall): void {
  let n = 0;
  call.on('data', () => call.write({ message: `${++n}` }));
  call.on('end', () => {
    call.write({ message: 'goodbye' });
    call.end();
  });
}

test.concurrent('without more arguments it says hello every second, prints what comes, and Ctrl-C ends it with 0', async () => {
  const said: { name: string | undefined; at: number }[] = [];
  const address = await serve((call) => {
    call.on('data', ({ name }: Request) => said.push({ name, at: performance.now() }));
    sayGoodbye(call);
  });
  const program = start(client(address));
  await program.prints(/Received message: 3\n/);
  program.signal('SIGINT');
  expect(await program.ended).toBe(0);
  expect(program.stdout).toBe([1, 2, 3, 'goodbye'].map((word) => `Received message: ${word}\n`).join(''));
  expect(program.stderr).toBe('');
  expect(said.map(({ name }) => name)).toEqual(Array(3).fill('Hello, world!'));
  const [first, , third] = said.map(({ at }) => at / 1_000);
  expect((third ?? 0) - (first ?? 0)).toBeGreaterThan(1.5);
  expect((third ?? 0) - (first ?? 0)).toBeLessThan(5);
});

test.concurrent('--name and --interval: other words, at another pace', async () => {
  const names: (string | undefined)[] = [];
  const address = await serve((call) => {
    call.on('data', ({ name }: Request) => names.push(name));
    sayGoodbye(call);
  });
  const program = start(client(address, '--name', 'שלום', '--interval', '0.05'));
  await program.prints(/Received message: 20\n/);
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(new Set(names)).toEqual(new Set(['שלום']));
});

test.concurrent('--count: so many lines, and an orderly end', async () => {
  const address = await serve((call) => {
    sendNumbers(call, 5);
    sayGoodbye(call);
  });
  expect(await run(client(address, '--count', '3', '--interval', '60'), { cwd })).toEqual({
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
  const program = start(client(address));
  await program.prints(/Received message: 1\n/);
  program.signal('SIGINT');
  await until(() => halfClosed);
  program.signal('SIGINT');
  for (const call of calls) {
    call.write({ message: 'goodbye' });
    call.end();
  }
  expect(await program.ended).toBe(0);
  expect(program).toMatchObject({ stdout: 'Received message: 1\nReceived message: goodbye\n', stderr: '' });
});

test.concurrent('without a server the program says so in one line and exits with 1', async () => {
  const { exit, stdout, stderr } = await run(client('127.0.0.1:1'), { cwd });
  expect(stderr).toMatch(/^Error: UNAVAILABLE: .*127\.0\.0\.1:1.*\n$/);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
});

test.concurrent('a server that fails in the middle: its messages, then its status in one line, and exit code 1', async () => {
  const address = await serve((call) => {
    sendNumbers(call, 1);
    let requests = 0;
    call.on('data', () => {
      if (++requests === 3) fail(call, { code: status.DATA_LOSS, details: 'two\nlines  and\n\tmore' });
    });
  });
  expect(await run(client(address, '--interval', '0.05'), { cwd })).toEqual({
    exit: 1,
    stdout: 'Received message: 1\n',
    stderr: 'Error: DATA_LOSS: two lines and more\n',
  });
});

test.concurrent('a server that is killed in the middle: one line, and exit code 1', async () => {
  const server = start(['node', '--import', 'tsx', 'test/fixtures/server.ts']);
  const [, address = ''] = await server.prints(/^(\S+)\n/);
  const program = start(client(address));
  await program.prints(/Received message: 1\n/);
  server.signal('SIGKILL');
  expect(await program.ended).toBe(1);
  expect(program.stderr).toMatch(/^Error: (UNAVAILABLE|CANCELLED|INTERNAL): .*\n$/);
});

test.concurrent('the output may be closed by who reads it', async () => {
  const address = await serve((call) => sendNumbers(call, 2_000));
  const pipeline = ['bash', '-c', 'set -o pipefail; "$@" | head -n 1', 'bash', ...client(address)];
  expect(await run(pipeline, { cwd })).toEqual({ exit: 0, stdout: 'Received message: 1\n', stderr: '' });
});
