import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Response } from '../../proto/test/contract.mts';
import { listenInOnePacket } from './one-packet-peer.ts';
import { ACTIVE, ENDED, INFO, NEW, type PeerCall, tell } from './phone-peer.ts';
import { callTo, serve, stoppedLater } from './start.ts';

const state = (value: string | number): Response => ({ call_state: { state: value } });

const NEITHER = 'the server sent neither call_info nor call_state';
const WENT_ON = 'the server went on after ENDED';
const none = (value: number) => `the server sent state ${value}, which is not a state of a call`;

/** What the server tells, and the states that the client has printed by then. */
const BREACHES: [breach: string, responses: Response[], states: string[], details: string][] = [
  ['an empty oneof at once', [{}], [], NEITHER],
  ['an empty oneof before the answer', [NEW, {}], ['NEW'], NEITHER],
  ['an empty oneof in a call', [NEW, INFO, ACTIVE, {}], ['NEW', 'ACTIVE'], NEITHER],
  ['UNDEFINED', [NEW, state('UNDEFINED')], ['NEW'], none(0)],
  ['UNDEFINED in a call', [NEW, INFO, ACTIVE, state(0)], ['NEW', 'ACTIVE'], none(0)],
  ['a call state without its field', [{ call_state: {} }], [], none(0)],
  ['a state that the contract does not have', [NEW, state(3)], ['NEW'], none(3)],
  ['ACTIVE without call info', [NEW, ACTIVE, ENDED], ['NEW', 'ACTIVE'], 'the server said ACTIVE before call_info'],
  ['ENDED twice', [NEW, ENDED, ENDED], ['NEW', 'ENDED'], WENT_ON],
  ['an answer after ENDED', [NEW, ENDED, INFO, ACTIVE], ['NEW', 'ENDED'], WENT_ON],
];

for (const [breach, responses, states, details] of BREACHES) {
  const answered = responses.includes(INFO) && states.includes('ACTIVE');
  const outcome = {
    printed: [
      'Waiting for peer to connect [123]...',
      ...states.map((name) => `Call toward [123] enters [${name}] state`),
      ...(answered ? ['Consuming audio resource [the audio]', 'Audio session finished [the audio]'] : []),
    ],
    result: expect.objectContaining({ code: status.INTERNAL, details }),
  };

  test(`${breach}: the call is cancelled, and fails`, async () => {
    const cancelled: PeerCall[] = [];
    const address = await serve((call) => {
      call.once('cancelled', () => cancelled.push(call));
      tell(...responses)(call);
    });
    expect(await callTo(address)).toEqual(outcome);
    await until(() => cancelled.length === 1);
  });

  test(`${breach}, in one packet with the OK: the call fails`, async () => {
    expect(await callTo(stoppedLater(await listenInOnePacket(...responses)))).toEqual(outcome);
  });
}

test('a server that floods the client after ENDED is cut off', async () => {
  const address = await serve((call) => {
    tell(NEW, ENDED)(call);
    call.once('data', () => {
      for (let n = 0; n < 10_000; n++) call.write(INFO);
    });
  });
  expect((await callTo(address)).result).toMatchObject({ code: status.INTERNAL, details: WENT_ON });
});
