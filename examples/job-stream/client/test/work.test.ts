import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { JobReply } from 'job-proto';
import { expect, test } from 'vitest';
import { type WorkOptions, work } from '../src/work.ts';
import { mapJob, type PeerSession } from './job-peer.ts';
import { connect, serve } from './start.ts';

/** Starts a master, and our worker with it; waits until the worker is there. */
async function meet(options: Partial<WorkOptions> = {}) {
  const sessions: PeerSession[] = [];
  const { address } = await serve((session) => sessions.push(session));
  const interruption = new AbortController();
  const printed: string[] = [];
  const ended = work(connect(address), {
    print: (line) => printed.push(line),
    onRegistered: () => printed.push('registered'),
    interrupted: interruption.signal,
    ...options,
  });
  ended.catch(() => {}); // the test awaits it later
  await until(() => sessions.length === 1);
  return { session: sessions[0] as PeerSession, ended, printed, interrupt: () => interruption.abort() };
}

/** What a worker may do with a job, when the test lets it. */
function slowPerform() {
  const begun: string[] = [];
  let finish = () => {};
  const perform = ([job]: Parameters<NonNullable<WorkOptions['perform']>>[0]) => {
    begun.push(job?.getId() ?? '');
    return new Promise<JobReply[]>((resolve) => {
      finish = () => resolve([new JobReply().setFailure('slow')]);
    });
  };
  return { begun, perform, finish: () => finish() };
}

test('jobs are answered one by one, with their id and attempt; the shutdown with their number', async () => {
  const { session, ended, printed } = await meet();
  session.send(mapJob('map-7', 'one two one', 3));
  expect(await session.hears(1)).toMatchObject({
    job_reply: {
      id: 'map-7',
      attempt: 3,
      map: {
        partitions: [
          { words: ['two'], counts: ['1'] },
          { words: ['one'], counts: ['2'] },
        ],
      },
    },
  });
  session.send({ job: { id: 'reduce-1', attempt: 1, reduce: { counts: [{ words: ['a'], counts: ['5'] }] } } });
  expect((await session.hears(2)).job_reply).toMatchObject({ id: 'reduce-1', reduce: { counts: { counts: ['5'] } } });
  session.send({ shutdown: {} });
  expect(await session.hears(3)).toMatchObject({ shutdown_reply: { jobs_done: '2' } });
  await session.seesHalfClose();
  session.end();
  expect(await ended).toBe(true);
  expect(printed).toEqual(['registered', 'did map-7', 'did reduce-1', 'shut down after 2 jobs']);
});

test('a job in several messages is done when the last one is there', async () => {
  const { session, ended } = await meet();
  const part = (more: boolean) => ({
    job: { id: 'reduce-1', attempt: 1, more, reduce: { counts: [{ words: ['a'], counts: ['1'] }] } },
  });
  session.send(part(true), part(true));
  session.send(part(false), { shutdown: {} });
  expect((await session.hears(1)).job_reply).toMatchObject({ reduce: { counts: { words: ['a'], counts: ['3'] } } });
  expect((await session.hears(2)).shutdown_reply).toEqual({ jobs_done: '1' });
  session.end();
  expect(await ended).toBe(true);
});

test('a job that throws is answered with its failure, and the worker goes on', async () => {
  const { session, ended, printed } = await meet();
  session.send({ job: { id: 'sort-1', attempt: 1 } }, mapJob('map-1', 'one'));
  expect((await session.hears(1)).job_reply).toMatchObject({
    id: 'sort-1',
    failure: 'this worker only does map and reduce jobs',
  });
  expect((await session.hears(2)).job_reply).toMatchObject({ id: 'map-1', map: {} });
  session.send({ shutdown: {} });
  await session.hears(3);
  session.end();
  expect(await ended).toBe(true);
  expect(printed).toContain('failed sort-1');
});

test('an interrupted worker that is idle leaves', async () => {
  const { session, ended, interrupt } = await meet();
  session.send(mapJob('map-1', 'one'));
  await session.hears(1);
  interrupt();
  await session.seesHalfClose();
  session.end();
  expect(await ended).toBe(true);
  expect(session.said.length).toBe(1);
});

test('an interrupted worker finishes the job in its hands, replies, leaves, and takes no other one', async () => {
  const { begun, perform, finish } = slowPerform();
  const { session, ended, interrupt } = await meet({ perform });
  session.send(mapJob('map-1', 'one'));
  await until(() => begun.length === 1);
  interrupt();
  expect(session.halfClosed).toBe(false);
  session.send(mapJob('map-2', 'crosses the half-close'));
  finish();
  expect((await session.hears(1)).job_reply).toMatchObject({ id: 'map-1' });
  await session.seesHalfClose();
  session.end();
  expect(await ended).toBe(true);
  expect({ begun, said: session.said.length }).toEqual({ begun: ['map-1'], said: 1 });
});

test('an interrupted worker takes in the rest of a job that is half there', async () => {
  const { session, ended, interrupt } = await meet();
  // Both at once: when the first is answered, the half is there.
  session.send(mapJob('map-1', 'one'), { job: { id: 'reduce-1', attempt: 1, more: true, reduce: {} } });
  await session.hears(1);
  interrupt();
  session.send({ job: { id: 'reduce-1', attempt: 1, reduce: { counts: [{ words: ['a'], counts: ['1'] }] } } });
  expect((await session.hears(2)).job_reply).toMatchObject({ id: 'reduce-1', reduce: { counts: { words: ['a'] } } });
  await session.seesHalfClose();
  session.end();
  expect(await ended).toBe(true);
});

test.each([
  ['an empty message', {}],
  ['a reply', { job_reply: { id: 'map-1' } }],
  ['a goodbye', { shutdown_reply: {} }],
])('a master that sends %s breaks the protocol: the worker cancels, and says so', async (_, message) => {
  const { session, ended } = await meet();
  session.send(message);
  await expect(ended).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining('only a worker'),
  });
  await until(() => session.cancelled);
});

test('a session that fails is thrown; one that ends early is told apart from a shutdown', async () => {
  const failing = await meet();
  failing.session.fail({ code: status.UNAVAILABLE, details: 'gone' });
  await expect(failing.ended).rejects.toMatchObject({ code: status.UNAVAILABLE, details: 'gone' });
  const ending = await meet();
  ending.session.end();
  expect(await ending.ended).toBe(false);
});

test('a master that dies after the shutdown has ended the work all the same', async () => {
  const { session, ended } = await meet();
  session.send({ shutdown: {} });
  await session.hears(1);
  session.fail({ code: status.UNAVAILABLE, details: 'gone' });
  expect(await ended).toBe(true);
});

test('the master may go while a job is at work: the reply is dropped, and the failure thrown', async () => {
  const { begun, perform, finish } = slowPerform();
  const { session, ended } = await meet({ perform });
  session.send(mapJob('map-1', 'one'));
  await until(() => begun.length === 1);
  session.fail({ code: status.UNAVAILABLE, details: 'gone' });
  finish();
  await expect(ended).rejects.toMatchObject({ code: status.UNAVAILABLE });
});
