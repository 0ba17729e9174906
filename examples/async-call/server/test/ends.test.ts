import { status } from '@grpc/grpc-js';
import { openSocketsAndTimers, Program, soon, until } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { type PhoneCall, told } from './phone-peer.ts';
import { NEVER, type PhoneServer, serve } from './start.ts';

/** The parts of a call in which it may end; each waits for ever, by what the server has sent and logged by then. */
const PARTS = [
  { part: 'dialling', times: { dialMs: NEVER }, replies: 0, session: false },
  { part: 'ringing', times: { ringMs: NEVER }, replies: 1, session: false },
  { part: 'talking', times: { talkMs: NEVER }, replies: 3, session: true },
];

const ENDS: [end: string, code: status, finish: (call: PhoneCall, service: PhoneServer) => unknown][] = [
  ['the caller hangs up', status.CANCELLED, ({ call }) => call.cancel()],
  ['the deadline passes', status.DEADLINE_EXCEEDED, () => {}],
  ['the server stops', status.UNAVAILABLE, (_, { server }) => server.stop()],
];

/** Checks that a server without callers keeps nothing of them. A timer that it forgot would be there for an hour. */
async function checkNothingIsLeft({ server, sessions }: PhoneServer): Promise<void> {
  await until(() => server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0).catch(() => {});
  expect(openSocketsAndTimers()).toEqual([]);
  expect(sessions.size).toBe(0);
}

function linesOf(number: string, session: boolean): string[] {
  return [
    `Received a phone call request for number [${number}]`,
    ...(session ? ['Created a call session [0] media [https://link.to.audio.resources]'] : []),
    `Call finished [${number}]`,
    ...(session ? ['Call session cleaned [0]'] : []),
  ];
}

for (const { part, times, replies, session } of PARTS) {
  test.each(ENDS)(`while it is ${part}, %s: all is cleaned at once`, async (end, code, finish) => {
    const service = await serve(times);
    const caller = service.connect();
    const call = caller.dial('94771234567', soon(end === 'the deadline passes' ? 700 : 10_000));
    await until(() => service.log.length > 0);
    await call.received(replies);
    expect(service.sessions.size).toBe(session ? 1 : 0);
    await finish(call, service);
    expect(await call.status).toMatchObject({ code });
    await until(() => service.server.openCalls.size === 0);
    expect(service.log).toEqual(linesOf('94771234567', session));
    caller.close();
    await checkNothingIsLeft(service);
  });
}

test('a call that ends by itself leaves nothing either, answered or not', async () => {
  const service = await serve({ unanswered: ['123'] });
  const caller = service.connect();
  for (const number of ['94771234567', '123']) {
    expect(await caller.dial(number).status).toMatchObject({ code: status.OK });
    // The caller has its status: all was cleaned before that.
    expect(service.sessions.size).toBe(0);
  }
  expect(service.log).toEqual([...linesOf('94771234567', true), ...linesOf('123', false)]);
  caller.close();
  await checkNothingIsLeft(service);
});

test.each([1, 100])('%i callers that are killed in their calls leave nothing', { timeout: 20_000 }, async (count) => {
  const service = await serve({ talkMs: NEVER });
  const callers = new Program([
    'node',
    '--import',
    'tsx',
    'test/fixtures/callers.ts',
    `${service.server.port}`,
    `${count}`,
  ]);
  onTestFinished(() => callers[Symbol.asyncDispose]());
  await callers.prints(/all callers talk/);
  expect(service.sessions.size).toBe(count);
  expect(openSocketsAndTimers().length).toBeGreaterThanOrEqual(2 * count);
  callers.signal('SIGKILL');
  expect(await callers.ended).toBe('SIGKILL');
  await checkNothingIsLeft(service);
  expect(service.log.filter((line) => line.startsWith('Call finished'))).toHaveLength(count);
  expect(service.log.filter((line) => line.startsWith('Call session cleaned'))).toHaveLength(count);
});

test('one caller that hangs up does not disturb the others', async () => {
  const service = await serve({ talkMs: 1_000 });
  const [one, other] = [service.connect(), service.connect()];
  const calls = [one.dial('111'), one.dial('222'), other.dial('333')] as const;
  for (const call of calls) await call.received(3);
  calls[0].call.cancel();
  await until(() => service.sessions.size === 2);
  expect(service.log.slice(-2)).toEqual([
    'Call finished [111]',
    expect.stringMatching(/^Call session cleaned \[\d\]$/),
  ]);
  for (const call of calls.slice(1)) {
    expect(await call.status).toMatchObject({ code: status.OK });
    expect(told(call).at(-1)).toBe('ENDED');
  }
  one.close();
  other.close();
  await checkNothingIsLeft(service);
});

test('a caller that does not read is cleaned like any other', async () => {
  const service = await serve({ talkMs: NEVER });
  const caller = service.connect();
  const call = caller.call([{ phone_number: '123' }]);
  call.call.pause();
  await until(() => service.sessions.size === 1);
  call.call.cancel();
  caller.close();
  await checkNothingIsLeft(service);
});
