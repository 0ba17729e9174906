import { setImmediate } from 'node:timers/promises';
import { ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { startServer } from 'grpc-program/server';
import { statusError } from 'grpc-streams';
import { JobServiceService } from 'job-proto';
import { expect, onTestFinished, test } from 'vitest';
import type { JobMessage, WordCounts } from '../../proto/test/contract.mts';
import { countIndependently } from '../../proto/test/count-independently.mts';
import { jobService } from '../src/job-service.ts';
import { answer, crc32 } from './answer.ts';
import { filesOf } from './files.ts';
import { JobPeer, messageAfter } from './job-peer.ts';
import { countsIn, serve, workHonestly } from './start.ts';

const TEXT = 'The quick brown fox jumps over the lazy dog; ΟΔΥΣΣΕΥΣ and naïve İstanbul, déjà vu. '.repeat(150);

test('a worker gets a job as soon as it connects, does all of them, is shut down, and the stream ends OK', async () => {
  const master = await serve(filesOf(TEXT));
  const session = master.connect().open();
  expect((await messageAfter(session, 0)).job).toMatchObject({ id: 'map-1', attempt: 1, map: { partitions: 4 } });
  const working = workHonestly(session);
  const summary = await master.run.summary;
  const gone = master.run.dismissWorkers();
  const maps = master.plan.splits.map((_, index) => `map-${index + 1}`);
  const ids = [...maps, 'reduce-1', 'reduce-2', 'reduce-3', 'reduce-4'];
  expect(await working).toEqual(ids);
  expect(await session.status).toMatchObject({ code: status.OK });
  await gone;
  const counts = countIndependently(TEXT);
  expect(countsIn(master.output)).toEqual(counts);
  expect(summary).toMatchObject({ different: Object.keys(counts).length, words: 150 * 15 });
  expect(summary.top[0]).toEqual({ word: 'the', count: 300 });
  expect(master.log).toEqual(['worker 1 has joined', `worker 1 did ${ids.length} jobs`]);
});

test('the headers come at once, before there is a job', async () => {
  const master = await serve(filesOf('one'));
  const [first, second] = [master.connect().open(), master.connect().open()];
  await first.received(1);
  // Its copy of the only job; the third has nothing to do, and knows that it is registered.
  await second.received(1);
  const third = master.connect().open();
  await new Promise((resolve) => third.call.once('metadata', resolve));
  expect(third.responses).toEqual([]);
});

test('a worker has no headers before the master is there to register it', async () => {
  let fail = (_: unknown) => {};
  const starting = new Promise<never>((_, reject) => {
    fail = reject;
  });
  let headers = 0;
  const countHeaders: ServerInterceptor = (_, call) =>
    new ServerInterceptingCall(call, {
      sendMetadata(metadata, send) {
        headers++;
        send(metadata);
      },
    });
  const server = await startServer([[JobServiceService, jobService(starting)]], { interceptors: [countHeaders] });
  const peer = new JobPeer(server.port);
  onTestFinished(() => {
    peer.close();
    server.forceStop();
  });
  const session = peer.open();
  await until(() => server.openCalls.size === 1);
  for (let turn = 0; turn < 3; turn++) await setImmediate(); // in which they would go
  fail(statusError(status.UNAVAILABLE, 'the journal cannot be opened'));
  expect(await session.status).toMatchObject({ code: status.UNAVAILABLE });
  expect(headers).toBe(0);
});

test('several workers share the jobs, and one may join late', async () => {
  const master = await serve(filesOf(TEXT));
  const early = master.connect().open();
  const first = await workHonestly(early, { jobs: 3 });
  const late = master.connect().open();
  await late.received(1);
  const rest = [workHonestly(early, { from: 3 }), workHonestly(late)];
  await master.run.summary;
  await master.run.dismissWorkers();
  const [second = [], third = []] = await Promise.all(rest);
  expect(first).toEqual(['map-1', 'map-2', 'map-3']);
  expect(second.length * third.length).toBeGreaterThan(0);
  expect(countsIn(master.output)).toEqual(countIndependently(TEXT));
});

test('a worker that comes when all is done is shut down at once', async () => {
  const master = await serve(filesOf('one'));
  void workHonestly(master.connect().open()).catch(() => {});
  await master.run.summary;
  await master.run.dismissWorkers();
  const late = master.connect().open();
  expect(await workHonestly(late)).toEqual([]);
  expect(await late.status).toMatchObject({ code: status.OK });
});

test('without a worker the run waits, and says so', async () => {
  const master = await serve(filesOf(TEXT));
  const session = master.connect().open();
  await workHonestly(session, { jobs: 2 });
  session.call.end();
  expect(await session.status).toMatchObject({ code: status.OK });
  expect(master.log).toEqual([
    'worker 1 has joined',
    expect.stringMatching(/^worker 1 has left(; another worker gets map-3)?$/),
    'no worker is connected; waiting for one',
  ]);
  void workHonestly(master.connect().open()).catch(() => {});
  await master.run.summary;
  expect(countsIn(master.output)).toEqual(countIndependently(TEXT));
});

test('a worker that half-closes after its reply has left in order; the others do the rest', async () => {
  const master = await serve(filesOf(TEXT));
  const [leaving, staying] = [master.connect().open(), master.connect().open()];
  await workHonestly(leaving, { jobs: 2 });
  leaving.call.end();
  const working = workHonestly(staying);
  expect(await leaving.status).toMatchObject({ code: status.OK });
  await master.run.summary;
  await master.run.dismissWorkers();
  expect((await working).length).toBeGreaterThanOrEqual(10);
});

/** A reply to a map that counts this word alone, in a partition that is so far from its own. */
function mapLie(word: string, count = '1', away = 0): (first: JobMessage) => JobMessage {
  return ({ job }) => {
    const partitions: WordCounts[] = [{}, {}, {}, {}];
    partitions[(crc32(Buffer.from(word)) + away) % 4] = { words: [word], counts: [count] };
    return { job_reply: { id: job?.id, attempt: job?.attempt, map: { partitions } } };
  };
}

const refusals: [string, (first: JobMessage) => JobMessage, string][] = [
  ['a job', () => ({ job: { id: 'map-1' } }), 'a worker sends job_reply'],
  ['a shutdown', () => ({ shutdown: {} }), 'a worker sends job_reply'],
  ['an empty message', () => ({}), 'a worker sends job_reply'],
  ['a goodbye before the shutdown', () => ({ shutdown_reply: { jobs_done: '1' } }), 'shutdown_reply after shutdown'],
  [
    'a reply to an unknown job',
    () => ({ job_reply: { id: 'map-99', attempt: 1 } }),
    'map-99 (attempt 1) was not given',
  ],
  ['a reply to a job of nobody', () => ({ job_reply: { id: 'map-9', attempt: 1 } }), 'map-9 (attempt 1) was not given'],
  ['a reply without a name', () => ({ job_reply: {} }), '(attempt 0) was not given to this worker'],
  ['another attempt', ({ job }) => ({ job_reply: { id: job?.id, attempt: 7 } }), '(attempt 7) was not given'],
  ['no outcome', ({ job }) => ({ job_reply: { id: job?.id, attempt: 1 } }), 'contains no result for a job of its kind'],
  [
    'the outcome of a reduce',
    ({ job }) => ({ job_reply: { id: job?.id, attempt: 1, reduce: {} } }),
    'contains no result for a job of its kind',
  ],
  [
    'too few partitions',
    ({ job }) => ({ job_reply: { id: job?.id, attempt: 1, map: { partitions: [{}] } } }),
    'has 1 partitions, not 4',
  ],
  [
    'words without counts',
    ({ job }) => ({ job_reply: { id: job?.id, attempt: 1, map: { partitions: [{ words: ['a'] }, {}, {}, {}] } } }),
    'does not give a count for each word',
  ],
  [
    'a negative count',
    ({ job }) => ({
      job_reply: { id: job?.id, attempt: 1, map: { partitions: [{ words: ['a'], counts: ['-1'] }, {}, {}, {}] } },
    }),
    'does not give a count for each word',
  ],
  ['a count that is no exact number', mapLie('the', `${2n ** 53n}`), 'does not give a count for each word'],
  ['what is no word', mapLie('the dog'), 'has "the dog", which is no word'],
  ['an empty word', mapLie(''), 'has "", which is no word'],
  ['an escape sequence', mapLie('\u001b[2J'), 'has "\\x1b[2J", which is no word'],
  ['a capital', mapLie('The'), 'has "The", which is no word'],
  ['a letter and its mark that are one character', mapLie('de\u0301ja'), 'which is no word'],
  ['a word of another partition', mapLie('the', '1', 1), 'has "the" in the wrong partition'],
  ['more words than there is room for', mapLie('the', '5000'), 'counts more words than its text has room for'],
  [
    'a reply without end',
    ({ job }) => ({ job_reply: { id: job?.id, attempt: 1, more: true, map: {} } }),
    'has more messages than the job',
  ],
];

test.each(refusals)('%s is INVALID_ARGUMENT, for that worker only', async (_, lie, words) => {
  const master = await serve(filesOf(TEXT));
  const [liar, honest] = [master.connect().open(), master.connect().open()];
  const first = await messageAfter(liar, 0);
  await honest.received(1);
  liar.send(lie(first));
  const refused = await liar.status;
  expect(refused).toMatchObject({ code: status.INVALID_ARGUMENT });
  expect(refused.details).toContain(words);
  const working = workHonestly(honest);
  await master.run.summary;
  await master.run.dismissWorkers();
  expect(await working).toContain(first.job?.id);
  expect(await honest.status).toMatchObject({ code: status.OK });
  expect(countsIn(master.output)).toEqual(countIndependently(TEXT));
  expect(master.log).toContainEqual(expect.stringMatching(/^worker \d is refused: .*; another worker gets map-\d$/));
});

// Reduce 2 is sent "one" and "dog", which are of one partition, as "four" would be.
test.each<[string, WordCounts, string]>([
  ['gives a word twice', { words: ['one', 'one'], counts: ['2', '1'] }, 'does not list each word once'],
  ['gives what is no word', { words: ['two\twords\n'], counts: ['1'] }, 'has "two\\twords\\n", which is no word'],
  ['gives a word of another partition', { words: ['two'], counts: ['5'] }, 'has "two" in the wrong partition'],
  ['leaves out a word', { words: ['one'], counts: ['3'] }, 'does not add up to what it was sent'],
  ['leaves out everything', {}, 'does not add up to what it was sent'],
  ['counts a word once more', { words: ['one', 'dog'], counts: ['4', '2'] }, 'does not add up to what it was sent'],
  ['gives a word the count of another', { words: ['one', 'dog'], counts: ['2', '3'] }, 'does not add up'],
  ['takes a word for another', { words: ['one', 'four'], counts: ['3', '2'] }, 'does not add up to what it was sent'],
])('a reduce that %s is INVALID_ARGUMENT, and its job goes to another worker', async (_, counts, words) => {
  const master = await serve(filesOf('one one one dog dog two'));
  const liar = master.connect().open();
  await workHonestly(liar, { jobs: 2 });
  const { job = {} } = await messageAfter(liar, 2);
  expect(job).toMatchObject({ id: 'reduce-2' });
  liar.send({ job_reply: { id: job.id, attempt: job.attempt, reduce: { counts } } });
  const { code, details } = await liar.status;
  expect(code).toBe(status.INVALID_ARGUMENT);
  expect(details).toContain(`the reply to reduce-2 ${words}`);
  void workHonestly(master.connect().open()).catch(() => {});
  await master.run.summary;
  expect(countsIn(master.output)).toEqual({ one: 3, dog: 2, two: 1 });
});

test('what a liar says takes one short line of the log, and moves no cursor', async () => {
  const master = await serve(filesOf('one'));
  const liar = master.connect().open();
  await liar.received(1);
  liar.send({ job_reply: { id: `\u001b[31mevil\nworker 2 has left\u202e${'x'.repeat(3_000_000)}`, attempt: 1 } });
  expect((await liar.status).code).toBe(status.INVALID_ARGUMENT);
  const line = master.log.find((line) => line.startsWith('worker 1 is refused')) ?? '';
  expect(line).toMatch(
    /^worker 1 is refused: \\x1b\[31mevil\\nworker 2 has left\\u202ex+…x+.* was not given to this worker; another /,
  );
  expect(line.length).toBeLessThan(300);
});

test('a second reply to a job is harmless', async () => {
  const master = await serve(filesOf(TEXT));
  const session = master.connect().open();
  for (let read = 0; ; read++) {
    const { job, shutdown } = await messageAfter(session, read);
    if (shutdown) break;
    if (!job) throw new Error('no job');
    const reply = answer([job]);
    session.send({ job_reply: reply }, { job_reply: reply });
    if (job.id === 'reduce-4') void master.run.summary.then(() => master.run.dismissWorkers());
  }
  session.send({ shutdown_reply: {} });
  expect(await session.status).toMatchObject({ code: status.OK });
  expect(countsIn(master.output)).toEqual(countIndependently(TEXT));
});

test('a job that fails on every worker fails the run, with a message that names it', async () => {
  const master = await serve(filesOf(TEXT));
  const sessions = [1, 2, 3].map(() => master.connect().open());
  for (const session of sessions) {
    void (async () => {
      for (let read = 0; ; read++) {
        const { job, shutdown } = await messageAfter(session, read);
        if (shutdown) session.send({ shutdown_reply: {} });
        if (!job) return;
        const bad = job.id === 'map-5';
        const { id, attempt } = job;
        session.send({ job_reply: bad ? { id, attempt, failure: 'out\nof \u001b[31mink' } : answer([job]) });
      }
    })().catch(() => {});
  }
  await expect(master.run.summary).rejects.toThrow('map-5 failed 3 times, last with: out\\nof \\x1b[31mink');
  await master.run.dismissWorkers();
  for (const session of sessions) expect(await session.status).toMatchObject({ code: status.OK });
  await until(() => master.server.openCalls.size === 0);
});
