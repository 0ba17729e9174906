import { CallState, descriptorSet as phone, StreamCallResponse } from 'call-proto';
import { Job, JobMessage, descriptorSet as jobs, MapJob, Shutdown } from 'job-proto';
import { expect, test } from 'vitest';
import { describeMessage, describer } from '../src/describe.ts';

const CALL = '/grpc.testing.Phone/StreamCall';
const JOBS = '/jobs.JobService/StreamJobs';
const active = new StreamCallResponse().setCallState(new CallState().setState(CallState.State.ACTIVE));

test('an enum has its names, and a message within is named', () => {
  expect(describer(phone)(CALL, 'server', active)).toEqual({ text: 'call_state {ACTIVE}', bytes: 4 });
  expect(describer()(CALL, 'server', active).text).toBe('callState {6}');
});

test('bytes are told by their size, and what is not set is left out', () => {
  const map = new MapJob().setText(Buffer.alloc(1_536)).setPartitions(4);
  const message = new JobMessage().setJob(new Job().setId('map-1').setAttempt(1).setMap(map));
  expect(describer(jobs)(JOBS, 'server', message).text).toBe('job {map-1, 1, map {<1.5 KiB>, 4}}');
  const shutdown = new JobMessage().setShutdown(new Shutdown());
  expect(describer(jobs)(JOBS, 'server', shutdown).text).toBe('shutdown {}');
});

test.each([
  ['a bigint', 9_223_372_036_854_775_807n, '9223372036854775807'],
  ['a text', 'a text', 'a text'],
  ['bytes', Buffer.from('abc'), '<3 B>'],
  ['a plain object', { name: 'Sam', age: 0, is: false, of: [], in: { text: '' } }, 'Sam, in {}'],
  ['a long text', 'x'.repeat(300), `${'x'.repeat(199)}…`],
] as const)('%s is told', (_, message, text) => {
  expect(describeMessage(message)).toBe(text);
});

test('a message that cannot be serialised is told all the same', () => {
  const wrong = () => {
    throw new Error('wrong class');
  };
  expect(describer(phone)(CALL, 'server', { a: 1 }, wrong)).toEqual({ text: '1', bytes: undefined });
});
