import { type Duplex, pipeline, Readable, type Writable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import type { ServiceError } from '@grpc/grpc-js';
import { asked, asksInTime, Counter } from '../follow.ts';
import type { ClientPlan, HandlerPlan } from '../plans.ts';
import { countAnswers, play } from '../play.ts';
import type { Answer, Ask, Handlers } from '../service.ts';
import { LEFT, type Seen, type Stack, type Watch } from '../stack.ts';
import { connectPlainly, failed, statusOnly } from './plain-client.ts';
import { over, plainCanDo, servePlainly } from './plain-server.ts';

/** Plain grpc-js, its calls joined with async generators by `stream.pipeline`. */
export const pipelines: Stack = {
  serve: (_, plan, watch) => servePlainly(handlersOf(plan, watch)),
  connect: (port) =>
    connectPlainly(port, {
      send: (call, plan) =>
        void piped(requestsOf(plan), writable(call), { end: plan.halfCloses !== false }).catch(() => {}),
      read: (call, plan) => (plan.reads === 0 ? statusOnly(call) : readWith(plan, (reader) => piped(call, reader))),
      talk(call, plan) {
        const end = plan.halfCloses !== false;
        if (plan.reads !== 0 && end) return readWith(plan, (reader) => piped(requestsOf(plan), duplex(call), reader));
        void piped(requestsOf(plan), writable(call), { end }).catch(() => {});
        return plan.reads === 0 ? statusOnly(call) : readWith(plan, (reader) => piped(call, reader));
      },
    }),
  canDo: (kind, row) => kind !== 'unary' && plainCanDo(row),
};

const requestsOf = (plan: ClientPlan) => Readable.from(asksInTime(plan));

// grpc-js's types of calls are no subtypes of Node's streams; the calls are.
const duplex = (call: object) => call as Duplex;
const writable = (call: object) => call as Writable;

/** The error goes to the log, as in the documentation of Node; the call is destroyed by then. */
const log = () => {};

function handlersOf(plan: HandlerPlan, watch: Watch): Handlers {
  return {
    say() {
      throw new Error('nothing to pipe');
    },
    collect(call, callback) {
      watch.enter();
      piped(call, (requests: AsyncIterable<Ask>) => countAnswers(play(plan, requests, watch, over(call)), plan)).then(
        (answer) => callback(null, answer),
        callback,
      );
    },
    list(call) {
      watch.enter();
      pipeline(Readable.from(play(plan, asked(call.request), watch, over(call))), writable(call), log);
    },
    talk(call) {
      watch.enter();
      const answer = (requests: AsyncIterable<Ask>) => play(plan, requests, watch, over(call));
      pipeline(duplex(call), answer, duplex(call), log);
    },
  };
}

type Reader = (responses: AsyncIterable<Answer>) => Promise<void>;

async function readWith(plan: ClientPlan, run: (reader: Reader) => Promise<void>): Promise<Seen> {
  const responses = new Counter();
  let left = false;
  try {
    await run(async (source) => {
      for await (const response of source) {
        responses.add(response);
        left = responses.count === plan.reads;
        if (left) return;
        if (plan.pace) await setTimeout(plan.pace);
      }
    });
    return { status: left ? LEFT : 'OK', messages: responses.count };
  } catch (error) {
    return left ? { status: LEFT, messages: responses.count } : failed(error as ServiceError, responses.count);
  }
}
