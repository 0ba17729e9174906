import { appendFileSync, existsSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { deadlineIn, openSocketsAndTimers, Program, programCommand, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { countIndependently } from '../../proto/test/count-independently.mts';
import { answer } from './answer.ts';
import { filesOf } from './files.ts';
import { messageAfter } from './job-peer.ts';
import { countsIn, type MasterServer, serve, workHonestly } from './start.ts';

const idleWorker = join(import.meta.dirname, 'fixtures/idle-worker.ts');
const TEXT = 'Whatever happens to the workers, the words are counted once. '.repeat(250);

/** An honest worker does what is left; then the result is right, and nothing is left on the master. */
async function finish(master: MasterServer): Promise<void> {
  const session = master.connect().open();
  const working = workHonestly(session);
  await master.run.summary;
  await master.run.dismissWorkers();
  await working;
  expect(await session.status).toMatchObject({ code: status.OK });
  expect(countsIn(master.output)).toEqual(countIndependently(TEXT));
  await until(() => master.server.openCalls.size === 0);
}

async function checkNothingIsLeft(master: MasterServer): Promise<void> {
  await until(() => master.server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0);
}

test('a worker that cancels, or whose deadline passes, loses its job to another one', async () => {
  const master = await serve(filesOf(TEXT));
  const [cancelling, late] = [master.connect(), master.connect()];
  const cancelled = cancelling.open();
  const first = await messageAfter(cancelled, 0);
  cancelled.call.cancel();
  await until(() => master.log.some((line) => line.startsWith('worker 1 ')) && master.log.length > 1);
  expect(master.log.slice(1)).toEqual([
    expect.stringMatching(`^worker 1 (is lost|has left); another worker gets ${first.job?.id}$`),
    'no worker is connected; waiting for one',
  ]);
  const expiring = late.open(deadlineIn(300));
  await workHonestly(expiring, { jobs: 1 }).catch(() => {}); // it may pass before the first job
  expect(await expiring.status).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  cancelling.close();
  late.close();
  await finish(master);
});

test('a worker that is killed loses its job; nothing of it is left', async () => {
  const master = await serve(filesOf(TEXT));
  await using killed = new Program(programCommand(idleWorker, `${master.server.port}`));
  await killed.prints(/has a job/);
  killed.signal('SIGKILL');
  await until(() => master.log.includes('worker 1 is lost; another worker gets map-1'));
  await checkNothingIsLeft(master);
  await finish(master);
});

test('a worker that is frozen, its job half sent, does not hold up the run', async () => {
  // Larger than what the transport takes for a worker that does not read.
  const large = `${TEXT} ${'x'.repeat(200_000)} `.repeat(2);
  const master = await serve(filesOf(large), { jobMs: 300, graceMs: 300 });
  await using frozen = new Program(programCommand(idleWorker, `${master.server.port}`, 'freeze'));
  await frozen.prints(/is registered/);
  await until(() => master.log.includes('worker 1 has not finished map-1 within 0.3 s; another worker gets it too'));
  const working = workHonestly(master.connect().open());
  await master.run.summary;
  expect(countsIn(master.output)).toEqual(countIndependently(large));
  const gone = master.run.dismissWorkers();
  await working;
  // The frozen one does not say goodbye; the server ends its call.
  await master.stop();
  await gone;
  await until(() => master.server.openCalls.size === 0);
});

test('a late reply is taken when nobody was faster, and harmless when somebody was', async () => {
  const master = await serve(filesOf(TEXT), { jobMs: 100 });
  const slow = master.connect().open();
  const { job = {} } = await messageAfter(slow, 0);
  await until(() => master.log.some((line) => line.includes('has not finished map-1')));
  slow.send({ job_reply: answer([job]) });
  // It gets the next one, and is late again; now another worker does that and all the others meanwhile.
  const { job: second = {} } = await messageAfter(slow, 1);
  expect(second).toMatchObject({ id: 'map-2', attempt: 1 });
  const other = master.connect().open();
  const working = workHonestly(other);
  await master.run.summary;
  slow.send({ job_reply: answer([second]) });
  const gone = master.run.dismissWorkers();
  await slow.received(3);
  slow.send({ shutdown_reply: { jobs_done: '2' } });
  await gone;
  expect(await working).toContain('map-2');
  expect(await working).not.toContain('map-1');
  expect(countsIn(master.output)).toEqual(countIndependently(TEXT));
});

test('the last job of a slow worker is given to an idle one, without a wait for the time limit', async () => {
  const master = await serve(filesOf('one'));
  const slow = master.connect().open();
  expect((await messageAfter(slow, 0)).job).toMatchObject({ id: 'map-1', attempt: 1 });
  const fast = master.connect().open();
  const working = workHonestly(fast);
  await master.run.summary;
  expect(slow.responses.length).toBe(1);
  expect(countsIn(master.output)).toEqual({ one: 1 });
  void master.run.dismissWorkers();
  expect((await working)[0]).toBe('map-1');
});

test('when both workers at the last job are frozen, a third one gets it after the time limit', async () => {
  const master = await serve(filesOf('one'), { jobMs: 100 });
  for (let n = 1; n <= 2; n++) {
    const frozen = master.connect().open();
    expect((await messageAfter(frozen, 0)).job).toMatchObject({ id: 'map-1', attempt: n });
  }
  const working = workHonestly(master.connect().open());
  await master.run.summary;
  expect(master.log).toContain('worker 1 has not finished map-1 within 0.1 s; another worker gets it too');
  void master.run.dismissWorkers();
  expect((await working)[0]).toBe('map-1');
});

test('a reply over the limit of a message ends the session of its worker, and only that', async () => {
  const master = await serve(filesOf(TEXT));
  const session = master.connect().open();
  const { job = {} } = await messageAfter(session, 0);
  session.send({ job_reply: { ...answer([job]), failure: 'x'.repeat(5 * 2 ** 20) } });
  expect(await session.status).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  await finish(master);
});

test('a master that stops shuts its workers down, idle or at work, and keeps what was finished', async () => {
  const master = await serve(filesOf(TEXT));
  const [working, atWork] = [master.connect().open(), master.connect().open()];
  await atWork.received(1);
  await workHonestly(working, { jobs: 3 });
  await working.received(4);
  await master.stop();
  for (const session of [working, atWork]) {
    expect(await session.status).toMatchObject({ code: status.OK });
    expect(session.responses.at(-1)?.shutdown).toEqual({});
  }
  await checkNothingIsLeft(master);
});

test('a file that changes while it is counted fails the run, which names it', async () => {
  const [path = ''] = filesOf(TEXT);
  const master = await serve([path]);
  const session = master.connect().open();
  await session.received(1);
  writeFileSync(path, TEXT.toUpperCase());
  const working = workHonestly(session);
  await expect(master.run.summary).rejects.toThrow(`${path} has changed since the run began`);
  void master.run.dismissWorkers();
  expect(await working).toEqual(['map-1']);
  expect(await session.status).toMatchObject({ code: status.OK });
});

const changes: [string, (path: string) => void][] = [
  ['is longer', (path) => appendFileSync(path, 'more')],
  ['is written anew, with the same text', (path) => writeFileSync(path, TEXT)],
  ['is replaced', (path) => renameSync(filesOf(TEXT)[0] ?? '', path)],
  ['is gone', (path) => rmSync(path)],
];

test.each(changes)('a file that %s when all of it is counted fails the run too', async (_, change) => {
  const [path = ''] = filesOf(TEXT);
  const master = await serve([path]);
  const maps = master.plan.splits.length;
  const session = master.connect().open();
  await workHonestly(session, { jobs: maps });
  await session.received(maps + 1);
  change(path);
  const working = workHonestly(session, { from: maps });
  await expect(master.run.summary).rejects.toThrow(`${path} has changed since the run began`);
  expect(existsSync(master.output)).toBe(false);
  void master.run.dismissWorkers();
  await working;
});

test('a file of the same size and age that holds something else fails the run, too', async () => {
  const [path = ''] = filesOf(TEXT);
  // As old as it can be made again: to the second.
  utimesSync(path, 1_000, 1_000);
  const master = await serve([path]);
  const session = master.connect().open();
  await session.received(1);
  writeFileSync(path, TEXT.toUpperCase());
  utimesSync(path, 1_000, 1_000);
  void workHonestly(session).catch(() => {});
  await expect(master.run.summary).rejects.toThrow(`${path} has changed since the run began`);
  void master.run.dismissWorkers();
});
