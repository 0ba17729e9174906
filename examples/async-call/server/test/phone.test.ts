import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { type PhoneCall, told } from './phone-peer.ts';
import { NEVER, type PhoneServer, serve } from './start.ts';

const OK = { code: status.OK, details: '' };
const MEDIA = 'https://link.to.audio.resources';

const answered = (session: number) => ['NEW', `${session}: ${MEDIA}`, 'ACTIVE', 'ENDED'];

async function wholeCall(call: PhoneCall): Promise<string[]> {
  expect(await call.status).toMatchObject(OK);
  return told(call);
}

test('a call is NEW, then has a session and is ACTIVE, then ENDED, and its status is OK', async () => {
  const { connect, log, sessions } = await serve();
  expect(await wholeCall(connect().dial('94771234567'))).toEqual(answered(0));
  expect(log).toEqual([
    'Received a phone call request for number [94771234567]',
    `Created a call session [0] media [${MEDIA}]`,
    'Call finished [94771234567]',
    'Call session cleaned [0]',
  ]);
  expect(sessions.size).toBe(0);
});

test('no state is told before its time', async () => {
  const { connect } = await serve({ dialMs: 200, ringMs: 100, talkMs: 300 });
  const start = performance.now();
  const call = connect().dial('94771234567');
  const at: number[] = [];
  for (let count = 1; count <= 4; count++) {
    await call.received(count);
    at.push(performance.now() - start);
  }
  expect(await wholeCall(call)).toEqual(answered(0));
  // Timers may be a little early.
  for (const [n, due] of [200, 300, 300, 600].entries()) expect(at[n]).toBeGreaterThanOrEqual(due - 3);
});

test('a caller need not half-close', async () => {
  const { connect } = await serve();
  expect(await wholeCall(connect().call([{ phone_number: '94771234567' }]))).toEqual(answered(0));
});

test('each session has a number of its own, of all connections, from 0 on', async () => {
  const { connect } = await serve();
  const [one, other] = [connect(), connect()];
  for (let n = 0; n < 6; n += 2) {
    expect(await wholeCall(one.dial('94771234567'))).toEqual(answered(n));
    expect(await wholeCall(other.dial('94771234567'))).toEqual(answered(n + 1));
  }
});

/** Sixty calls at once, on three connections, each to a number of its own. */
function dialSixty({ connect }: PhoneServer) {
  const peers = [connect(), connect(), connect()];
  const numbers = Array.from({ length: 60 }, (_, n) => `${1_000 + n}`);
  return { numbers, calls: numbers.map((number, n) => peers[n % 3]?.dial(number)) as PhoneCall[] };
}

test('calls overlap, on one connection and on several: each has a session until it ends', async () => {
  const service = await serve({ talkMs: NEVER });
  const { numbers, calls } = dialSixty(service);
  await Promise.all(calls.map((call) => call.received(3)));
  expect(service.sessions.size).toBe(60);
  expect(service.server.openCalls.size).toBe(60);
  for (const { call } of calls) call.cancel();
  await until(() => service.server.openCalls.size === 0);
  expect(service.sessions.size).toBe(0);
  for (const number of numbers) expect(service.log).toContain(`Call finished [${number}]`);
  expect(service.log.filter((line) => line.startsWith('Call session cleaned'))).toHaveLength(60);
});

test('calls that overlap have each their own states and session', async () => {
  const { numbers, calls } = dialSixty(await serve());
  const ids: (string | undefined)[] = [];
  for (const call of calls) {
    const [first, info, ...rest] = await wholeCall(call);
    expect([first, ...rest]).toEqual(['NEW', 'ACTIVE', 'ENDED']);
    ids.push(info);
  }
  expect(ids.sort()).toEqual(numbers.map((_, n) => `${n}: ${MEDIA}`).sort());
});

test('a number that does not answer is NEW, then ENDED, and its status is OK; there is no session', async () => {
  const { connect, log } = await serve({ unanswered: ['123', '+94771234567'] });
  const peer = connect();
  for (const number of ['123', '+94771234567']) {
    expect(await wholeCall(peer.dial(number))).toEqual(['NEW', 'ENDED']);
  }
  expect(log).toEqual([
    'Received a phone call request for number [123]',
    'Call finished [123]',
    'Received a phone call request for number [+94771234567]',
    'Call finished [+94771234567]',
  ]);
  expect(await wholeCall(peer.dial('94771234567'))).toEqual(answered(0));
});

test('fields that the contract does not have are ignored', async () => {
  const newer = `
    syntax = "proto3";
    package grpc.testing;
    message StreamCallRequest { string phone_number = 1; fixed64 ring_times = 2; StreamCallRequest forward = 500; }
    message CallInfo { string session_id = 1; string media = 2; }
    message CallState { enum State { UNDEFINED = 0; NEW = 1; ACTIVE = 6; ENDED = 7; } State state = 2; }
    message StreamCallResponse { oneof stream_call_response { CallInfo call_info = 1; CallState call_state = 2; } }
    service Phone { rpc StreamCall(stream StreamCallRequest) returns (stream StreamCallResponse); }
  `;
  const { connect } = await serve();
  const request = { phone_number: '123', ring_times: '7', forward: { phone_number: 'x' } };
  expect(await wholeCall(connect(newer).call([request]))).toEqual(answered(0));
});
