import { status } from '@grpc/grpc-js';
import { inBash, run, until } from '@grpc-by-example/testing';
import { testClientProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import type { Request } from '../../proto/test/contract.mts';
import { ACTIVE, ENDED, fail, INFO, NEW, tell, tellAndEnd } from './phone-peer.ts';
import { program, serve } from './start.ts';

const lines = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');

const waiting = (number: string) => `Waiting for peer to connect [${number}]...`;
const entered = (number: string, state: string) => `Call toward [${number}] enters [${state}] state`;
const CONSUMING = 'Consuming audio resource [the audio]';
const CONSUMED = 'Audio session finished [the audio]';

const untilActive = (number: string) => [waiting(number), entered(number, 'NEW'), entered(number, 'ACTIVE'), CONSUMING];

testClientProgram(program, {
  stdoutWithoutServer: lines(waiting('94771234567')),
  wrong: [[['123', '456'], 'too many arguments']],
  async countCalls() {
    let calls = 0;
    const address = await serve((call) => {
      calls++;
      call.end();
    });
    return { address, calls: () => calls };
  },
  // That the audio session is finished then is in failing-servers.test.ts.
  victim: { fixture: 'server.ts', printed: /Consuming/ },
});

test.concurrent.each([
  { args: [], number: '94771234567' },
  { args: ['+123'], number: '+123' },
])('the program calls $number and prints the lines of the document; exit code 0', async ({ args, number }) => {
  const numbers: (string | undefined)[] = [];
  const address = await serve((call) => {
    call.once('data', ({ phone_number }: Request) => numbers.push(phone_number));
    tellAndEnd(NEW, INFO, ACTIVE, ENDED)(call);
  });
  expect(await program.run(address, ...args)).toEqual({
    exit: 0,
    stdout: lines(...untilActive(number), entered(number, 'ENDED'), CONSUMED, 'Call finished'),
    stderr: '',
  });
  expect(numbers).toEqual([number]);
});

test.concurrent('a call that is not answered: the last line says so, and the exit code is 1', async () => {
  expect(await program.run(await serve(tellAndEnd(NEW, ENDED)), '123')).toEqual({
    exit: 1,
    stdout: lines(waiting('123'), entered('123', 'NEW'), entered('123', 'ENDED'), "Call failed: peer didn't answer"),
    stderr: '',
  });
});

// One Ctrl-C may arrive twice.
const INTERRUPTS: { signals: NodeJS.Signals[] }[] = [{ signals: ['SIGINT', 'SIGTERM'] }, { signals: ['SIGTERM'] }];

test.concurrent.each(INTERRUPTS)('$signals hangs up, and the exit code is 0', async ({ signals }) => {
  let cancelled = false;
  const address = await serve((call) => {
    call.once('cancelled', () => {
      cancelled = true;
    });
    tell(NEW, INFO, ACTIVE)(call);
  });
  const ann = program.start(address, '123');
  await ann.prints(/Consuming/);
  ann.signal(...signals);
  expect(await ann.ended).toBe(0);
  expect(ann).toMatchObject({ stdout: lines(...untilActive('123'), CONSUMED, 'Call finished'), stderr: '' });
  await until(() => cancelled);
});

test.concurrent('a server that refuses the number: its status on one line, and exit code 1', async () => {
  const address = await serve((call) => {
    call.once('data', () => fail(call, { code: status.INVALID_ARGUMENT, details: 'no\nnumber' }));
  });
  expect(await program.run(address, 'abc')).toEqual({
    exit: 1,
    stdout: lines(waiting('abc')),
    stderr: 'Error: INVALID_ARGUMENT: no number\n',
  });
});

test.concurrent('a protocol error: one line, and exit code 1', async () => {
  expect(await program.run(await serve(tell(NEW, {})), '123')).toEqual({
    exit: 1,
    stdout: lines(waiting('123'), entered('123', 'NEW')),
    stderr: 'Error: INTERNAL: the server sent neither call_info nor call_state\n',
  });
});

test.concurrent('the output may be closed by who reads it; then the call is hung up', async () => {
  let cancelled = false;
  const address = await serve((call) => {
    const ring = setInterval(() => call.write(NEW), 10);
    call.once('cancelled', () => {
      clearInterval(ring);
      cancelled = true;
    });
  });
  const pipeline = inBash('set -o pipefail; "$@" | head -n 1', ...program.command(address, '123'));
  expect(await run(pipeline)).toEqual({ exit: 0, stdout: lines(waiting('123')), stderr: '' });
  await until(() => cancelled);
});
