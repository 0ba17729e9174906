import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Response } from '../../proto/test/contract.mts';
import { ACTIVE, ENDED, fail, INFO, listen, NEW, tell, tellAndEnd } from './phone-peer.ts';
import { callTo, serve, stoppedLater } from './start.ts';

const WAITING = 'Waiting for peer to connect [123]...';
const entered = (state: string) => `Call toward [123] enters [${state}] state`;
const CONSUMED = 'Audio session finished [the audio]';

/** How far the server comes, and what the client has printed by then, and what more in the end. */
const PARTS: { part: string; told: Response[]; printed: string[]; inTheEnd: string[] }[] = [
  { part: 'at once', told: [], printed: [WAITING], inTheEnd: [] },
  { part: 'after NEW', told: [NEW], printed: [WAITING, entered('NEW')], inTheEnd: [] },
  { part: 'after the call info', told: [NEW, INFO], printed: [WAITING, entered('NEW')], inTheEnd: [] },
  {
    part: 'after ACTIVE',
    told: [NEW, INFO, ACTIVE],
    printed: [WAITING, entered('NEW'), entered('ACTIVE'), 'Consuming audio resource [the audio]'],
    inTheEnd: [CONSUMED],
  },
];

test.each(PARTS)('a server that ends with OK $part is too early: the call fails', async (part) => {
  const { printed, result } = await callTo(await serve(tellAndEnd(...part.told)));
  expect(result).toMatchObject({ code: status.INTERNAL, details: 'the server ended the stream before ENDED' });
  expect(printed).toEqual([...part.printed, ...part.inTheEnd]);
});

test.each(PARTS)('a server that fails $part: its status is thrown', async (part) => {
  const address = await serve((call) => {
    tell(...part.told)(call);
    call.once('data', () => fail(call, { code: status.DATA_LOSS, details: 'the line is bad' }));
  });
  const { printed, result } = await callTo(address);
  expect(result).toMatchObject({ code: status.DATA_LOSS, details: 'the line is bad' });
  expect(printed).toEqual([...part.printed, ...part.inTheEnd]);
});

test.each(PARTS)('a server whose connection is lost $part: the call fails', async (part) => {
  const printed: string[] = [];
  const server = await listen((call) => {
    tell(...part.told)(call);
    void until(() => printed.length === part.printed.length).then(() => server.stop());
  });
  const { result } = await callTo(stoppedLater(server), { printed });
  expect([status.CANCELLED, status.UNAVAILABLE, status.INTERNAL]).toContain((result as { code: status }).code);
  expect(printed).toEqual([...part.printed, ...part.inTheEnd]);
});

test.concurrent.each(PARTS)(
  'a server that is silent $part is waited for until the deadline of the call',
  async (part) => {
    const address = await serve(tell(...part.told));
    const printed = [...part.printed, ...part.inTheEnd];
    let outcome = await callTo(address, { deadlineMs: 500 });
    // A deadline that passes before the server has come so far is too short for this machine.
    for (let deadlineMs = 1_000; outcome.printed.length < printed.length && deadlineMs < 20_000; deadlineMs *= 2) {
      outcome = await callTo(address, { deadlineMs });
    }
    expect(outcome).toEqual({ printed, result: expect.objectContaining({ code: status.DEADLINE_EXCEEDED }) });
  },
);

test('a server that does not end the stream after ENDED gets some time for it; then the call fails', async () => {
  const { printed, result } = await callTo(await serve(tell(NEW, INFO, ACTIVE, ENDED)), { orderlyEndMs: 200 });
  expect(result).toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    details: 'the server did not end the stream after ENDED',
  });
  expect(printed.slice(-2)).toEqual([entered('ENDED'), CONSUMED]);
});

test('a server that fails after ENDED has not ended the call in order', async () => {
  const printed: string[] = [];
  const address = await serve((call) => {
    tell(NEW, ENDED)(call);
    void until(() => printed.includes(entered('ENDED'))).then(() =>
      fail(call, { code: status.DATA_LOSS, details: 'the bill is lost' }),
    );
  });
  const { result } = await callTo(address, { printed });
  expect(result).toMatchObject({ code: status.DATA_LOSS, details: 'the bill is lost' });
});
