import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { deadlineIn, openSocketsAndTimers, programCommand, soon, until } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import { type PhoneCall, type PhonePeer, told } from './phone-peer.ts';
import { NEVER, type PhoneServer, serve } from './start.ts';

/** The parts of a call in which it may end; each waits for ever, by what the server has sent and logged by then. */
const PARTS = [
  { part: 'dialling', times: { dialMs: NEVER }, responses: 0, session: false },
  { part: 'ringing', times: { ringMs: NEVER }, responses: 1, session: false },
  { part: 'talking', times: { talkMs: NEVER }, responses: 3, session: true },
];

const NUMBER = '94771234567';

const ENDS: [end: string, code: status, finish: (call: PhoneCall, service: PhoneServer) => unknown][] = [
  ['the caller hangs up', status.CANCELLED, ({ call }) => call.cancel()],
  ['the server stops', status.UNAVAILABLE, (_, { server }) => server.stop()],
];

interface Dialled {
  readonly service: PhoneServer;
  readonly caller: PhonePeer;
  readonly call: PhoneCall;
}

/** Checks that a server without callers keeps nothing of them. A timer that it forgot would be there for an hour. */
async function checkNothingIsLeft({ server, sessions }: PhoneServer): Promise<void> {
  await until(() => server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0);
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

for (const { part, times, responses, session } of PARTS) {
  /** A call that stays in this part; undefined when its deadline passes before. */
  async function dial(deadlineMs?: number) {
    const service = await serve(times);
    const caller = service.connect();
    const call = caller.dial(NUMBER, deadlineMs ? deadlineIn(deadlineMs) : soon());
    let over = false;
    void call.status.then(() => {
      over = true;
    });
    await until(() => over || (service.log.length > 0 && call.responses.length === responses));
    if (!over) return { service, caller, call };
    caller.close();
    service.server.forceStop();
    return undefined;
  }

  async function checkEnd({ service, caller, call }: Dialled, code: status): Promise<void> {
    expect(await call.status).toMatchObject({ code });
    await until(() => service.server.openCalls.size === 0);
    expect(service.log).toEqual(linesOf(NUMBER, session));
    caller.close();
    await checkNothingIsLeft(service);
  }

  test.each(ENDS)(`while it is ${part}, %s: all is cleaned at once`, async (_, code, finish) => {
    const dialled = await dial();
    if (!dialled) throw new Error('the call ended by itself');
    expect(dialled.service.sessions.size).toBe(session ? 1 : 0);
    await finish(dialled.call, dialled.service);
    await checkEnd(dialled, code);
  });

  test(`while it is ${part}, the deadline passes: all is cleaned at once`, async () => {
    let dialled = await dial(300);
    // One that passes before the call has come so far is too short for this machine.
    for (let deadlineMs = 600; !dialled && deadlineMs < 20_000; deadlineMs *= 2) dialled = await dial(deadlineMs);
    if (!dialled) throw new Error('the call ended by itself');
    await checkEnd(dialled, status.DEADLINE_EXCEEDED);
  });
}

test('a call that ends by itself leaves nothing either, answered or not', async () => {
  const service = await serve({ unanswered: ['123'] });
  const caller = service.connect();
  for (const number of [NUMBER, '123']) {
    expect(await caller.dial(number).status).toMatchObject({ code: status.OK });
    // The caller has its status: all was cleaned before that.
    expect(service.sessions.size).toBe(0);
  }
  expect(service.log).toEqual([...linesOf(NUMBER, true), ...linesOf('123', false)]);
  caller.close();
  await checkNothingIsLeft(service);
});

test.each([1, 100])('%i callers that are killed in their calls leave nothing', async (count) => {
  const service = await serve({ talkMs: NEVER });
  const fixture = join(import.meta.dirname, 'fixtures/callers.ts');
  const callers = startProgram(programCommand(fixture, `${service.server.port}`, `${count}`));
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
  await calls[0].received(3);
  calls[0].call.cancel();
  await calls[0].status;
  for (const call of calls.slice(1)) {
    expect(await call.status).toMatchObject({ code: status.OK });
    expect(told(call)).toEqual(['NEW', expect.any(String), 'ACTIVE', 'ENDED']);
  }
  await until(() => service.sessions.size === 0);
  for (const number of ['111', '222', '333']) expect(service.log).toContain(`Call finished [${number}]`);
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
