import { setTimeout } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { answerOf } from './definition.ts';
import type { HandlerPlan } from './plans.ts';
import { type Answer, type Ask, LARGE } from './service.ts';
import type { Watch } from './stack.ts';

/** What a handler throws. */
export const aborted = { code: status.ABORTED, details: 'as planned' };

/** A handler that follows the plan, for every stack that takes async generators. */
export async function* play(
  plan: HandlerPlan,
  requests: Iterable<Ask> | AsyncIterable<Ask>,
  watch: Watch,
  how: { untilOver(): Promise<unknown>; quietQueue?(): AsyncIterable<Answer>; error?: unknown },
): AsyncGenerator<Answer, void, undefined> {
  let count = 0;
  try {
    if (plan.reads !== 0) {
      for await (const { n } of requests) {
        if (plan.pace) await setTimeout(plan.pace);
        watch.read(++count);
        yield answerOf(n, plan);
        if (count === plan.reads) break;
      }
      watch.readAll = count !== plan.reads;
    }
    while (count < (plan.produces ?? 0)) {
      await setTimeout(1);
      yield answerOf(++count, plan, LARGE);
    }
    if (plan.ends === 'throws') throw how.error ?? aborted;
    if (plan.ends === 'throws no status') throw new Error('as planned');
    if (plan.ends === 'waits') await how.untilOver();
    if (plan.ends === 'waits deaf') await setTimeout(plan.deafMs);
    if (plan.ends === 'waits on a queue' && how.quietQueue) yield* how.quietQueue();
    if (plan.ends === 'waits on a promise') await new Promise(() => {});
  } finally {
    watch.leave();
  }
}

/** The one answer of a unary or client-streaming handler: how many requests it has read. */
export async function countAnswers(answers: AsyncIterable<Answer>, plan: HandlerPlan): Promise<Answer> {
  let count = 0;
  for await (const _ of answers) count++;
  return answerOf(count, plan);
}
