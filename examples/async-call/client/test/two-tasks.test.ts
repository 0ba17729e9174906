import { type CallInfo, StreamCallRequest, type StreamCallResponse } from 'call-proto';
import { bidiCall, MessageQueue } from 'grpc-streams';
import { expect, test } from 'vitest';
import { Deferred } from '../src/deferred.ts';
import { followState } from '../src/follow-state.ts';
import { holdAudioSession } from '../src/hold-audio-session.ts';
import { ACTIVE, ENDED, INFO, NEW, tellAndEnd } from './phone-peer.ts';
import { connect, serve } from './start.ts';

/** A call whose responses are all there before anybody reads them, as after a pause of the process. */
async function callThatIsOver() {
  const call = bidiCall(connect(await serve(tellAndEnd(NEW, INFO, ACTIVE, ENDED))).streamCall());
  await call.sendAll([new StreamCallRequest().setPhoneNumber('123')]);
  const responses = new MessageQueue<StreamCallResponse>(4);
  for await (const response of call.responses) responses.offer(response);
  responses.end();
  return { ...call, responses, sendAll: async () => true };
}

test.each(['the one that follows', 'the one that holds'])(
  'the lines of the two tasks are in order, though all responses wait, and %s starts first',
  async (first) => {
    const printed: string[] = [];
    const shared = {
      number: '123',
      answered: new Deferred<CallInfo>(),
      consuming: new Deferred<void>(),
      print: (line: string) => printed.push(line),
    };
    const call = await callThatIsOver();
    const over = new Deferred<void>();
    const follow = () => followState(call, shared).then(over.resolve);
    const hold = () => holdAudioSession({ ...shared, following: over.promise });
    const starts = first === 'the one that follows' ? [follow, hold] : [hold, follow];
    await Promise.all(starts.map((start) => start()));
    expect(printed).toEqual([
      'Waiting for peer to connect [123]...',
      'Call toward [123] enters [NEW] state',
      'Call toward [123] enters [ACTIVE] state',
      'Consuming audio resource [the audio]',
      'Call toward [123] enters [ENDED] state',
      'Audio session finished [the audio]',
    ]);
  },
);
