import { status } from '@grpc/grpc-js';
import { run } from '@grpc-by-example/testing';
import { testClientProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import type { Said } from '../../proto/test/contract.mts';
import { answerEach, endWith, fail, reply } from './chat-peer.ts';
import { program, serve } from './start.ts';

testClientProgram(program, {
  args: ['--name', 'Ann'],
  async countCalls() {
    let calls = 0;
    const address = await serve((call) => {
      calls++;
      call.end();
    });
    return { address, calls: () => calls };
  },
  victim: { fixture: 'server.ts', input: 'Hi\n', printed: /Ann: Hi\n/ },
});

const ok = (...lines: string[]) => ({ exit: 0, stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' });

test.concurrent('the program without arguments prints the three lines of the document and exits with 0', async () => {
  expect(await program.run(await serve(answerEach))).toEqual(ok('Sam: Hi', 'Ann: Hey', 'John: Hello'));
});

test.concurrent('lines from a pipe are answered in order: Unicode, empty ones, and the last one without its end', async () => {
  const address = await serve(answerEach);
  // What a terminal would obey comes out as text.
  const lines: [typed: string, shown?: string][] = [
    ['Hi'],
    [''],
    ['  👩‍👩‍👧‍👦 🇱🇰'],
    ['שלום \u202eabc\u202c', 'שלום \\u202eabc\\u202c'],
    ['n\u0303 \u00f1'],
    ['\0\u0007\t', '\\x00\\x07\\t'],
    ['Ann: Hi'],
    ['no end'],
  ];
  const responses = lines.map(([typed, shown = typed]) => `Zoë: ${shown}`);
  const input = lines.map(([typed]) => typed).join('\n');
  expect(await program.runWith(input, address, '--name', 'Zoë')).toEqual(ok(...responses));
});

test.concurrent('an empty name is a name', async () => {
  const address = await serve(answerEach);
  expect(await program.runWith('Hi\n\n', address, '--name', '')).toEqual(ok(': Hi', ': '));
});

test.concurrent('twenty thousand lines from a pipe are all answered, in order', async () => {
  const address = await serve(answerEach);
  const numbers = Array.from({ length: 20_000 }, (_, n) => `${n}`);
  const { exit, stdout, stderr } = await program.runWith(numbers.join('\n'), address, '--name', 'Ann');
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
  const command = ['sh', '-c', `exec "$@" ${redirection}`, 'sh', ...program.command(address, '--name', 'Ann')];
  expect(await run(command)).toEqual(ok('end 1'));
});

test.concurrent('a server that fails in the middle: its responses, then its status on one line, and exit code 1', async () => {
  const address = await serve((call) => {
    call.on('data', (said: Said) => {
      if (said.message !== 'fail') reply(call, said);
      else fail(call, { code: status.DATA_LOSS, details: 'two\nlines  and\n\tmore' });
    });
  });
  const ann = program.start(address, '--name', 'Ann');
  ann.type('Hi\n');
  await ann.prints(/Ann: Hi\n/);
  ann.type('fail\nand on\n');
  expect(await ann.ended).toBe(1); // though its input is still open
  expect(ann.stdout).toBe('Ann: Hi\n');
  expect(ann.stderr).toBe('Error: DATA_LOSS: two lines and more\n');
});

test.concurrent('a server that ends early with OK ends the program, which says so, though its input is still open', async () => {
  const address = await serve((call) => {
    call.once('data', (said: Said) => {
      reply(call, said);
      call.end();
    });
  });
  const ann = program.start(address, '--name', 'Ann');
  ann.type('Hi\n');
  expect(await ann.ended).toBe(1);
  expect(ann).toMatchObject({
    stdout: 'Ann: Hi\n',
    stderr: 'Error: INTERNAL: the server ended the call before it had everything\n',
  });
});
