import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { deadlineIn, temporaryFolder, until } from '@grpc-by-example/testing';
import { expect } from 'vitest';
import type { Job, JobMessage, JobReply } from '../../proto/test/contract.mts';
import { countIndependently } from '../../proto/test/count-independently.mts';
import { answer } from './answer.ts';
import { filesOf } from './files.ts';
import type { Session } from './job-peer.ts';
import { countsIn, type MasterServer, serve, workHonestly } from './start.ts';

/** A seed of these decisions, or that of the environment. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Random numbers that the seed gives again: mulberry32. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function randomText(random: (below: number) => number): string {
  const syllables = ['ba', 'Na', 'é', 'ß', 'שלום', '語', '🇱🇰', 'o', '42', 'e\u0301', "'", '-'];
  let text = '';
  for (let word = random(500); word >= 0; word--) {
    for (let length = 1 + random(4); length > 0; length--) text += syllables[random(syllables.length)];
    text += random(9) === 0 ? '\r\n' : ' ';
  }
  return text;
}

const LIES: ((reply: JobReply) => JobMessage)[] = [
  () => ({}),
  () => ({ shutdown: {} }),
  () => ({ job: { id: 'map-1' } }),
  () => ({ shutdown_reply: {} }),
  ({ id }) => ({ job_reply: { id, attempt: 99 } }),
  ({ id, attempt }) => ({ job_reply: { id, attempt } }),
  ({ id, attempt }) => ({ job_reply: { id, attempt, map: {} } }),
  ({ id, attempt }) => ({ job_reply: { id, attempt, reduce: { counts: { words: ['lie'] } } } }),
  ({ id, attempt }) => ({ job_reply: { id, attempt, more: true } }),
  // These fit their job, but for one thing.
  ({ map, ...reply }) => {
    const [first = {}, ...others] = map?.partitions ?? [];
    return { job_reply: { ...reply, map: { partitions: [...others, first] } } };
  },
  ({ map, reduce, ...reply }) => {
    const noWord = { words: ['\u001b[2J'], counts: ['1'] };
    const partitions = map?.partitions?.map(() => noWord) ?? [];
    return { job_reply: { ...reply, ...(map ? { map: { partitions } } : { reduce: { counts: noWord } }) } };
  },
  ({ reduce, ...reply }) => {
    const { words = [], counts = [] } = reduce?.counts ?? {};
    const fewer = { words: words.slice(1), counts: counts.slice(1) };
    return { job_reply: reduce && words.length > 0 ? { ...reply, reduce: { counts: fewer } } : reply };
  },
];

/**
 * Works in one of many bad ways, until its session ends.
 *
 * @param failed the jobs that have failed: one may fail three times, in all; each fails once here
 */
export async function misbehave(
  session: Session,
  random: (below: number) => number,
  failed: Set<string>,
): Promise<void> {
  let parts: Job[] = [];
  for (let read = 0; ; read++) {
    const { job, shutdown } = (await session.received(read + 1))[read] ?? {};
    if (shutdown) session.send({ shutdown_reply: {} });
    if (!job) return;
    parts.push(job);
    if (job.more) continue;
    const reply = answer(parts);
    parts = [];
    switch (random(12)) {
      case 0:
        session.call.cancel();
        return;
      case 1:
        session.send({ job_reply: reply });
        session.call.cancel(); // the reply may get through, or not
        return;
      case 2:
        session.call.end();
        return;
      case 3:
        session.call.pause(); // reads no more, and never replies
        return;
      case 4:
        session.send({ job_reply: reply }, { job_reply: reply });
        break;
      case 5:
      case 6:
        await delay(random(150));
        session.send({ job_reply: reply });
        break;
      case 7:
        if (failed.has(`${reply.id}`)) session.send({ job_reply: reply });
        else session.send({ job_reply: { id: reply.id, attempt: reply.attempt, failure: 'by chance' } });
        failed.add(`${reply.id}`);
        break;
      case 8:
        session.send(LIES[random(LIES.length)]?.(reply) ?? {});
        break;
      default:
        session.send({ job_reply: reply });
    }
  }
}

/**
 * A run whose workers misbehave and whose master is stopped, all at random: the result is right all the same.
 *
 * @param size how many texts there are, at least
 * @returns how much trouble the masters have logged
 */
export async function checkRandomFaults(seed: number, size: number): Promise<number> {
  const random = randomOf(seed);
  const failed = new Set<string>();
  const texts = Array.from({ length: size + random(size) }, () => randomText(random));
  const files = filesOf(...texts);
  const output = join(temporaryFolder(), 'counts.tsv');
  const start = () => serve(files, { output, jobMs: 60, graceMs: 200 });
  let master: MasterServer = await start();
  const masters = [master];
  let over = false;

  /** Connects again and again. */
  async function keepWorking(work: (session: Session) => Promise<unknown>): Promise<void> {
    while (!over) {
      const peer = master.connect();
      await work(peer.open(deadlineIn(2_000))).catch(() => delay(5));
      peer.close();
    }
  }
  const bad = Array.from({ length: 1 + random(5) }, () => keepWorking((session) => misbehave(session, random, failed)));
  const good = keepWorking((session) => workHonestly(session, { takeTime: () => delay(random(20)) }));

  for (let stops = random(4); stops > 0; stops--) {
    await Promise.race([master.run.summary, delay(20 + random(150))]);
    if (random(2) === 0) master.server.forceStop();
    await master.stop();
    master = await start();
    masters.push(master);
  }
  await master.run.summary;
  over = true;
  void master.run.dismissWorkers();
  await master.stop();
  await Promise.all([good, ...bad]);
  expect(countsIn(output)).toEqual(countIndependently(...texts));
  await until(() => master.server.openCalls.size === 0);
  return masters.flatMap(({ log }) => log).filter((line) => /lost|left|refused|not done|could not/.test(line)).length;
}
