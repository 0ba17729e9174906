import { setTimeout as delay } from 'node:timers/promises';
import { deadlineIn, soon, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { ingested, type Subscriber, sent } from './datahub-peer.ts';
import { type DataHub, serve } from './start.ts';
import { startSubscribers } from './subscribers.ts';

/** `SEED=123 pnpm --filter datahub-server test random --all` draws the same plan again. */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const KEEPING_UP = 5;
const FAULTS = 12;
const SENDERS = ['a', 'b', 'c'];

/** Whole numbers from 0 to below the limit that is asked for; they follow from the seed (mulberry32). */
function randomNumbers(state: number): (limit: number) => number {
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Something that goes wrong for some subscribers while the packages flow. */
interface Fault {
  readonly kind: 'killed reading' | 'killed stalled' | 'cancel' | 'deadline' | 'pause';
  readonly startMs: number;
  readonly lifeMs: number;
  readonly count: number;
}

async function suffer({ kind, startMs, lifeMs, count }: Fault, service: DataHub): Promise<void> {
  await delay(startMs);
  if (kind.startsWith('killed')) {
    const program = await startSubscribers(service, count, kind.slice('killed '.length));
    await delay(lifeMs);
    program.signal('SIGKILL');
    return;
  }
  const options = kind === 'deadline' ? deadlineIn(lifeMs) : soon();
  const subscribers = Array.from({ length: count }, () => service.connect().subscribe({}, options));
  if (kind === 'pause') for (const { call } of subscribers) call.pause();
  await delay(lifeMs);
  for (const { call } of subscribers) call.cancel();
}

test(`seed ${seed}: whoever keeps up gets every accepted package, whatever happens to others`, async () => {
  const random = randomNumbers(seed);
  const kinds = ['killed reading', 'killed stalled', 'cancel', 'deadline', 'pause'] as const;
  const faults = Array.from(
    { length: FAULTS },
    (): Fault => ({
      kind: kinds[random(kinds.length)] ?? 'cancel',
      startMs: random(1_500),
      lifeMs: random(1_000),
      count: 1 + random(5),
    }),
  );
  const service = await serve({ capacity: 20, patienceMs: 3_000, tickMs: 20 });
  const subscribers: Subscriber[] = await Promise.all(
    Array.from({ length: KEEPING_UP }, () => service.connect().subscribed()),
  );
  let over = false;
  const accepted: string[][] = [];

  async function sendOn(sender: string, random: (limit: number) => number): Promise<void> {
    const peer = service.connect();
    for (let call = 0; !over; call++) {
      const padding = 'x'.repeat(random(5) === 0 ? 5_000 : 20);
      const values = Array.from({ length: 1 + random(100) }, (_, n) => `${sender} ${call} ${n} ${padding}`);
      const { dataPackageCount } =
        random(2) === 0
          ? await peer.send({ ...sent(), tagValue: values })
          : await peer.ingest(values.map((tagValue) => sent({ tagValue })));
      expect(dataPackageCount).toBe(`${values.length}`);
      accepted.push(values);
    }
  }
  const sending = SENDERS.map((sender, n) => sendOn(sender, randomNumbers(seed + 1 + n)));
  await Promise.all(faults.map((fault) => suffer(fault, service)));
  over = true;
  await Promise.all(sending);

  const total = accepted.flat().length;
  for (const subscriber of subscribers) {
    await until(() => ingested(subscriber).length >= total);
    const places = new Map(ingested(subscriber).map((value, place) => [value, place]));
    expect([places.size, ingested(subscriber).length]).toEqual([total, total]);
    for (const values of accepted) {
      const found = values.map((value) => places.get(value));
      expect(found).not.toContain(undefined);
      expect(found).toEqual(found.toSorted((a, b) => Number(a) - Number(b)));
    }
    subscriber.call.cancel();
  }
  await until(() => service.hub.size === 0 && service.server.openCalls.size === 0);
});
