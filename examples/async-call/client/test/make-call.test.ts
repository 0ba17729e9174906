import { status } from '@grpc/grpc-js';
import { openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Request } from '../../proto/test/contract.mts';
import { listenInOnePacket } from './one-packet-peer.ts';
import { ACTIVE, ENDED, INFO, NEW, type PeerCall, tell, tellAndEnd } from './phone-peer.ts';
import { callTo, serve, stoppedLater } from './start.ts';

const ANSWERED = [
  'Waiting for peer to connect [123]...',
  'Call toward [123] enters [NEW] state',
  'Call toward [123] enters [ACTIVE] state',
  'Consuming audio resource [the audio]',
  'Call toward [123] enters [ENDED] state',
  'Audio session finished [the audio]',
  'Call finished',
];
const UNANSWERED = [
  'Waiting for peer to connect [123]...',
  'Call toward [123] enters [NEW] state',
  'Call toward [123] enters [ENDED] state',
  "Call failed: peer didn't answer",
];

test('an answered call prints the lines of the document', async () => {
  const outcome = await callTo(await serve(tellAndEnd(NEW, INFO, ACTIVE, ENDED)));
  expect(outcome).toEqual({ printed: ANSWERED, result: true });
  await until(() => !openSocketsAndTimers().includes('Timeout'));
});

test('the request and the half-close go out, and nothing else, on one call', async () => {
  const seen: unknown[] = [];
  const address = await serve((call) => {
    seen.push(call.getPath());
    call.on('data', (request: Request) => seen.push(request));
    call.on('end', () => {
      seen.push('half-close');
      for (const response of [NEW, INFO, ACTIVE, ENDED]) call.write(response);
      call.end();
    });
  });
  expect(await callTo(address)).toEqual({ printed: ANSWERED, result: true });
  expect(seen).toEqual(['/grpc.testing.Phone/StreamCall', { phone_number: '123' }, 'half-close']);
});

test('an answered call is one, in this order of lines, though all of it comes in one packet', async () => {
  const address = stoppedLater(await listenInOnePacket(NEW, INFO, ACTIVE, ENDED));
  for (let n = 0; n < 100; n++) expect(await callTo(address)).toEqual({ printed: ANSWERED, result: true });
});

test('a call that is not answered fails, whether it comes in one packet or not', async () => {
  const outcome = { printed: UNANSWERED, result: false };
  expect(await callTo(await serve(tellAndEnd(NEW, ENDED)))).toEqual(outcome);
  const inOnePacket = stoppedLater(await listenInOnePacket(NEW, ENDED));
  for (let n = 0; n < 100; n++) expect(await callTo(inOnePacket)).toEqual(outcome);
});

test('a call info without ACTIVE is no answer', async () => {
  expect(await callTo(await serve(tellAndEnd(NEW, INFO, ENDED)))).toEqual({ printed: UNANSWERED, result: false });
});

test('each line is printed as soon as the server has told its part', async () => {
  const calls: PeerCall[] = [];
  const printed: string[] = [];
  const calling = callTo(await serve((call) => calls.push(call)), { printed });
  await until(() => calls.length === 1);
  const printedAfter = [1, 2, 2, 4, 5];
  for (const [n, response] of [undefined, NEW, INFO, ACTIVE, ENDED].entries()) {
    if (response) calls[0]?.write(response);
    await until(() => printed.length === printedAfter[n]);
  }
  calls[0]?.end();
  expect(await calling).toEqual({ printed: ANSWERED, result: true });
});

test('a server that says ACTIVE twice is answered once', async () => {
  const address = stoppedLater(await listenInOnePacket(NEW, INFO, ACTIVE, ACTIVE, ENDED));
  const printed = ANSWERED.toSpliced(4, 0, 'Call toward [123] enters [ACTIVE] state');
  expect(await callTo(address)).toEqual({ printed, result: true });
});

test.each([
  { before: 'the first state', told: [], lines: ANSWERED.slice(0, 1) },
  { before: 'the answer', told: [NEW, INFO], lines: ANSWERED.slice(0, 2) },
  { before: 'the end', told: [NEW, INFO, ACTIVE], lines: ANSWERED.slice(0, 4) },
  { before: 'the status', told: [NEW, INFO, ACTIVE, ENDED], lines: ANSWERED.slice(0, 5) },
])('the interrupt before $before hangs up: the call is cancelled, and finished', async ({ told, lines }) => {
  const seen: string[] = [];
  const address = await serve((call) => {
    call.once('data', () => seen.push('the request'));
    call.once('cancelled', () => seen.push('the cancel'));
    tell(...told)(call);
  });
  const interruption = new AbortController();
  const printed: string[] = [];
  const calling = callTo(address, { interrupted: interruption.signal, printed });
  await until(() => seen.length === 1 && printed.length === lines.length);
  interruption.abort();
  const audio = lines.length > 3 ? ['Audio session finished [the audio]'] : [];
  expect(await calling).toEqual({ printed: [...lines, ...audio, 'Call finished'], result: true });
  await until(() => seen.length === 2);
  expect(seen).toEqual(['the request', 'the cancel']);
});

test('an interrupt that comes before the call is made hangs up too', async () => {
  const { printed, result } = await callTo(await serve(tell(NEW)), { interrupted: AbortSignal.abort() });
  expect({ printed, result }).toEqual({ printed: [ANSWERED[0], 'Call finished'], result: true });
});

test('calls may overlap', async () => {
  const address = await serve(tellAndEnd(NEW, INFO, ACTIVE, ENDED));
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => callTo(address)));
  for (const outcome of outcomes) expect(outcome).toEqual({ printed: ANSWERED, result: true });
});

test('without a server the call fails with its status', async () => {
  const { printed, result } = await callTo('127.0.0.1:1');
  expect(result).toMatchObject({ code: status.UNAVAILABLE });
  expect(printed).toEqual(ANSWERED.slice(0, 1));
});
