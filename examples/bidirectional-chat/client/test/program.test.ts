import { status } from '@grpc/grpc-js';
import { run } from 'testing';
import { expect, test, vi } from 'vitest';
import { answerEach, endWith, fail, reply, type Said } from './chat-peer.ts';
import { client, cwd, serve, start } from './start.ts';

vi.setConfig({ testTimeout: 30_000 });

const ok = (...lines: string[]) => ({ exit: 0, stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' });

test.concurrent('the program without arguments prints the three lines of the document and exits with 0', async () => {
  expect(await run(client(await serve(answerEach)), { cwd })).toEqual(ok('Sam: Hi', 'Ann: Hey', 'John: Hello'));
});

test.concurrent('lines from a pipe are answered in order: Unicode, empty ones, and the last one without its end', async () => {
  const address = await serve(answerEach);
  const lines = [
    'Hi',
    '',
    '  👩‍👩‍👧‍👦 🇱🇰',
    'שלום \u202eabc\u202c',
    'n\u0303 \u00f1',
    '\0\u0007\t',
    'Ann: Hi',
    'no end',
  ];
  const replies = lines.map((line) => `Zoë: ${line}`);
  expect(await run(client(address, '--name', 'Zoë'), { cwd, input: lines.join('\n') })).toEqual(ok(...replies));
});

test.concurrent('an empty name is a name', async () => {
  const address = await serve(answerEach);
  expect(await run(client(address, '--name', ''), { cwd, input: 'Hi\n\n' })).toEqual(ok(': Hi', ': '));
});

test.concurrent('twenty thousand lines from a pipe are all answered, in order', async () => {
  const address = await serve(answerEach);
  const numbers = Array.from({ length: 20_000 }, (_, n) => `${n}`);
  const { exit, stdout, stderr } = await run(client(address, '--name', 'Ann'), { cwd, input: numbers.join('\n') });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([...numbers.map((n) => `Ann: ${n}`), '']);
});

test.concurrent.each([
  ['null device', '</dev/null'],
  ['closed descriptor', '<&-'],
])('input that is already at its end is an empty stream: %s', async (_, redirection) => {
  let ends = 0;
  const address = await serve((call) => {
    call.on('data', (said: Said) => reply(call, said));
    call.on('end', () => endWith(call, `end ${++ends}`));
  });
  const command = ['sh', '-c', `exec "$@" ${redirection}`, 'sh', ...client(address, '--name', 'Ann')];
  expect(await run(command, { cwd })).toEqual(ok('end 1'));
});

test.concurrent('without a server the program says so in one line and exits with 1', async () => {
  const { exit, stdout, stderr } = await run(client('127.0.0.1:1'), { cwd });
  expect(stderr).toMatch(/^Error: UNAVAILABLE: .*127\.0\.0\.1:1.*\n$/);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
});

test.concurrent('a server that fails in the middle: its replies, then its status in one line, and exit code 1', async () => {
  const address = await serve((call) => {
    call.on('data', (said: Said) => {
      if (said.message !== 'fail') reply(call, said);
      else fail(call, { code: status.DATA_LOSS, details: 'two\nlines  and\n\tmore' });
    });
  });
  const ann = start(client(address, '--name', 'Ann'));
  ann.type('Hi\n');
  await ann.prints(/Ann: Hi\n/);
  ann.type('fail\nand on\n');
  expect(await ann.ended).toBe(1); // though its input is still open
  expect(ann.stdout).toBe('Ann: Hi\n');
  expect(ann.stderr).toBe('Error: DATA_LOSS: two lines and more\n');
});

test.concurrent('a server that is killed in the middle: one line, and exit code 1', async () => {
  const server = start(['node', '--import', 'tsx', 'test/fixtures/server.ts']);
  const [, address = ''] = await server.prints(/^(\S+)\n/);
  const ann = start(client(address, '--name', 'Ann'));
  ann.type('Hi\n');
  await ann.prints(/Ann: Hi\n/);
  server.signal('SIGKILL');
  expect(await ann.ended).toBe(1);
  expect(ann.stdout).toBe('Ann: Hi\n');
  expect(ann.stderr).toMatch(/^Error: (UNAVAILABLE|CANCELLED|INTERNAL): .*\n$/);
});

test.concurrent('a server that ends early with OK ends the program with 0, though its input is still open', async () => {
  const address = await serve((call) => {
    call.once('data', (said: Said) => {
      reply(call, said);
      call.end();
    });
  });
  const ann = start(client(address, '--name', 'Ann'));
  ann.type('Hi\n');
  expect(await ann.ended).toBe(0);
  expect(ann).toMatchObject({ stdout: 'Ann: Hi\n', stderr: '' });
});

test.concurrent('an unknown option: one line that names it, the usage, exit code 2, and no call', async () => {
  let calls = 0;
  const address = await serve((call) => {
    calls++;
    call.end();
  });
  const { exit, stdout, stderr } = await run(client(address, '--frobnicate'), { cwd });
  expect({ exit, stdout, calls }).toEqual({ exit: 2, stdout: '', calls: 0 });
  expect(stderr).toMatch(/^error: unknown option '--frobnicate'\n\nUsage: chat-client \[options\]\n/);
});
