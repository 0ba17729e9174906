import { setTimeout } from 'node:timers/promises';
import type { MemoryStackName } from './memory-stack.ts';
import { Sides, sample } from './sides.ts';

const CALLS_PER_CONNECTION = 1_000;
const LONGEST_SECONDS = 120;

/** Bytes that the server needs for one idle bidirectional call. */
export interface IdleCost {
  readonly rss: number;
  readonly heap: number;
}

export async function measureIdle(stack: MemoryStackName, calls: number): Promise<IdleCost> {
  using sides = new Sides(stack, LONGEST_SECONDS);
  const { client, server } = sides;
  await sides.connect(Math.ceil(calls / CALLS_PER_CONNECTION));
  // The code that a call needs is no cost of each call.
  const warmUp = Math.ceil(calls / 100);
  await open(warmUp, warmUp);
  const before = await sample(server, { collect: true });
  await open(calls, warmUp + calls);
  const after = await sample(server, { collect: true });
  return { rss: (after.rss - before.rss) / calls, heap: (after.heap - before.heap) / calls };

  async function open(more: number, total: number): Promise<void> {
    await client.ask({ name: 'openIdle', calls: more });
    // Not for ever: the processes have their limit.
    while ((await sample(server)).open < total) await setTimeout(100);
    await setTimeout(500); // what the opening left behind goes away
  }
}
