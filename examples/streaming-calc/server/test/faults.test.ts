import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { deadlineIn, openSocketsAndTimers, programCommand, until } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import type { IStreamingCalcServiceServer } from 'calc-proto';
import { expect, test } from 'vitest';
import { calc } from '../src/calc.ts';
import type { CalcPeer } from './calc-peer.ts';
import { type CalcServer, serve } from './start.ts';

/** The calculator, and every answer that its `sum` gives: a caller who is taken for finished gets one. */
function watchSums(): { service: IStreamingCalcServiceServer; answers: unknown[] } {
  const answers: unknown[] = [];
  const service: IStreamingCalcServiceServer = {
    ...calc,
    sum: (call, callback) =>
      calc.sum(call, (error, sum, ...rest) => {
        answers.push(error ?? sum);
        callback(error, sum, ...rest);
      }),
  };
  return { service, answers };
}

/** Checks that a server that lost its callers keeps nothing of them, and that a new one is answered. */
async function checkNothingIsLeft({ server, connect }: CalcServer): Promise<void> {
  await until(() => server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0).catch(() => {});
  expect(openSocketsAndTimers()).toEqual([]);
  expect(await connect().sum(['1', '2'])).toBe('3');
}

test('callers that are killed before they half-close have not finished, and leave nothing behind', async () => {
  const count = 10;
  const { service, answers } = watchSums();
  const calcServer = await serve(service);
  const fixture = join(import.meta.dirname, 'fixtures/callers.ts');
  const callers = startProgram(programCommand(fixture, `${calcServer.server.port}`, `${count}`));
  await callers.prints(/all callers count/);
  await until(() => calcServer.server.openCalls.size === 2 * count);

  callers.signal('SIGKILL');
  expect(await callers.ended).toBe('SIGKILL');
  await checkNothingIsLeft(calcServer);
  expect(answers).toEqual([3n]); // the answer to the new caller, which came last
});

test('a caller that cancels before it half-closes gets no sum, and leaves nothing behind', async () => {
  const calcServer = await serve();
  const peer = calcServer.connect();
  const calls = Array.from({ length: 20 }, () => peer.startSum(['1', '2', '3']));
  await until(() => calcServer.server.openCalls.size === 20);
  for (const { call } of calls) call.cancel();
  for (const { sum, status: ended } of calls) {
    expect(await ended).toMatchObject({ code: status.CANCELLED });
    expect(await sum).toBeUndefined();
  }
  peer.close();
  await checkNothingIsLeft(calcServer);
});

test('a caller whose deadline passes gets no sum, and leaves nothing behind', async () => {
  const { service, answers } = watchSums();
  const calcServer = await serve(service);
  const peer = calcServer.connect();
  await roundTrips(peer, 1); // it is connected: none of the time is for that
  const { sum, status: ended } = peer.startSum(['1', '2', '3'], deadlineIn(3_000));
  const conversation = peer.incrementalSum(deadlineIn(3_000));
  conversation.send({ value: '1' });
  await conversation.received(1);
  expect(await ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  expect(await conversation.status).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  expect(await sum).toBeUndefined();
  peer.close();
  await checkNothingIsLeft(calcServer);
  // At its deadline a grpc-js client may half-close before it resets the call: then there is a sum, for nobody.
  expect(answers.filter((answer) => answer !== 6n)).toEqual([1n, 3n]);
});

async function roundTrips(peer: CalcPeer, count: number): Promise<void> {
  for (let n = 0; n < count; n++) expect(await peer.sum(['1'])).toBe('1');
}

test('a caller that sends without end and never reads is held back; the others are not', async () => {
  const calcServer = await serve();
  const [greedy, other] = [calcServer.connect(), calcServer.connect()];
  const stalled = greedy.incrementalSum();
  stalled.call.pause();
  let taken = 0;
  const send = () => stalled.call.write({ value: '1' }, () => taken++ < 2_000_000 && send());
  send();
  // It comes to a halt: no value of it is taken during twenty calls of another caller.
  for (let last = -1; last !== taken; ) {
    last = taken;
    await roundTrips(other, 20);
  }
  expect(taken).toBeLessThan(50_000);
  stalled.call.cancel();
  greedy.close();
  other.close();
  await checkNothingIsLeft(calcServer);
});
