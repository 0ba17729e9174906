import { setTimeout } from 'node:timers/promises';
import { askOf } from './definition.ts';
import { type ClientPlan, type Moment, REQUESTS } from './plans.ts';
import type { Answer, Ask } from './service.ts';
import type { Seen } from './stack.ts';

/** The requests of a plan. */
export function* asks(plan: ClientPlan): Generator<Ask, void, undefined> {
  for (let n = 1; n <= (plan.sends ?? REQUESTS); n++) yield askOf(n, plan);
}

/** The same, each at its time. */
export async function* asksInTime(plan: ClientPlan): AsyncGenerator<Ask, void, undefined> {
  for (const ask of asks(plan)) {
    if (plan.pace) await setTimeout(plan.pace);
    yield ask;
  }
}

/** The requests that a server-streaming handler answers. */
export function asked({ n }: Ask): Generator<Ask, void, undefined> {
  return asks({ sends: n });
}

/** Counts responses, and throws when one is missing or out of order. */
export class Counter {
  count = 0;

  add({ n }: Answer): void {
    if (n !== ++this.count) throw new Error(`response ${n} came as number ${this.count}`);
  }
}

/**
 * The milliseconds after which a call ends, or a handler goes on, that nothing else ends: longer than anybody waits for
 * a row, so that one that is left shows as a timer that is left.
 */
export const NEVER_MS = 3_600_000;

/** Cancels, and fires the caller's signal, at the moments of the plan; gives what the client has seen. */
export async function keepTo(
  plan: ClientPlan,
  during: Promise<void>,
  seen: Promise<Seen>,
  actions: { cancel(): void; abort(): void },
): Promise<Seen> {
  const act = (moment: Moment) => {
    if (plan.cancels === moment) actions.cancel();
    if (plan.aborts === moment) actions.abort();
  };
  act('before');
  void during.then(() => act('during'));
  await seen;
  act('after');
  return seen;
}
