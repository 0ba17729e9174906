import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { ClientReadableStream, ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import { asked, asksInTime, Counter } from '../follow.ts';
import type { ClientPlan, HandlerPlan } from '../plans.ts';
import { countAnswers, play } from '../play.ts';
import type { Answer, Ask, Handlers } from '../service.ts';
import { LEFT, type Seen, type Stack, type Watch } from '../stack.ts';
import { connectPlainly, failed, statusOnly } from './plain-client.ts';
import { over, plainCanDo, servePlainly } from './plain-server.ts';

/** Plain grpc-js, its calls iterated with `for await`. */
export const forAwait: Stack = {
  serve: (_, plan, watch) => servePlainly(handlersOf(plan, watch)),
  connect: (port) =>
    connectPlainly(port, {
      send: (call, plan) => void send(call, plan).catch(() => {}),
      read,
      talk(call, plan) {
        void send(call, plan).catch(() => {}); // the reader learns why
        return read(call, plan);
      },
    }),
  canDo: (_, row) => plainCanDo(row),
};

function handlersOf(plan: HandlerPlan, watch: Watch): Handlers {
  return {
    async say(call, callback) {
      watch.enter();
      try {
        callback(null, await countAnswers(play(plan, [call.request], watch, over(call)), plan));
      } catch (error) {
        callback(error as ServiceError);
      }
    },
    async collect(call, callback) {
      watch.enter();
      try {
        callback(null, await countAnswers(play(plan, call, watch, over(call)), plan));
      } catch (error) {
        callback(error as ServiceError);
      }
    },
    async list(call) {
      watch.enter();
      try {
        for await (const answer of play(plan, asked(call.request), watch, over(call))) call.write(answer);
        call.end();
      } catch (error) {
        call.emit('error', error);
      }
    },
    async talk(call) {
      watch.enter();
      try {
        for await (const answer of play(plan, call, watch, over(call))) call.write(answer);
        call.end();
      } catch (error) {
        call.emit('error', error);
      }
    },
  };
}

async function send(call: ClientWritableStream<Ask>, plan: ClientPlan): Promise<void> {
  for await (const ask of asksInTime(plan)) {
    if (!call.write(ask)) await once(call, 'drain');
  }
  if (plan.halfCloses !== false) call.end();
}

async function read(call: ClientReadableStream<Answer>, plan: ClientPlan): Promise<Seen> {
  if (plan.reads === 0) return statusOnly(call);
  const responses = new Counter();
  try {
    for await (const response of call as AsyncIterable<Answer>) {
      responses.add(response);
      if (responses.count === plan.reads) return { status: LEFT, messages: responses.count };
      if (plan.pace) await setTimeout(plan.pace);
    }
    return { status: 'OK', messages: responses.count };
  } catch (error) {
    return failed(error as ServiceError, responses.count);
  }
}
