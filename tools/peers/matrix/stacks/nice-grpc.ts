import { setTimeout } from 'node:timers/promises';
import {
  type CallContext,
  ClientError,
  createChannel,
  createClientFactory,
  createServer,
  ServerError,
  Status,
} from 'nice-grpc';
import { deadlineMiddleware } from 'nice-grpc-client-middleware-deadline';
import { askOf, definition, OPTIONS } from '../definition.ts';
import { asked, asksInTime, Counter, keepTo, NEVER_MS } from '../follow.ts';
import type { ClientPlan, HandlerPlan, Kind } from '../plans.ts';
import { REQUESTS } from '../plans.ts';
import { countAnswers, play } from '../play.ts';
import type { Answer, Ask } from '../service.ts';
import { LEFT, type RunningServer, type Seen, type Stack, type Watch } from '../stack.ts';

/** nice-grpc, with its middleware for deadlines. */
export const niceGrpc: Stack = {
  serve: (_, plan, watch) => serve(plan, watch),
  connect(port) {
    const channel = createChannel(`127.0.0.1:${port}`, undefined, OPTIONS);
    const client = createClientFactory().use(deadlineMiddleware).create(definition, channel);
    const start: Record<Kind, (plan: ClientPlan, options: { signal: AbortSignal; deadline: number }) => Promise<Seen>> =
      {
        unary: (plan, options) => seenOf(client.say(askOf(1, plan), options)),
        'client streaming': (plan, options) => seenOf(client.collect(requests(plan, options.signal), options)),
        'server streaming': (plan, options) => read(client.list(askOf(plan.sends ?? REQUESTS, plan), options), plan),
        bidi: (plan, options) => read(client.talk(requests(plan, options.signal), options), plan),
      };
    return {
      call(kind, plan, during) {
        const controller = new AbortController();
        const { signal } = controller;
        if (plan.cancels === 'before' || plan.aborts === 'before') controller.abort();
        const seen = start[kind](plan, { signal, deadline: plan.deadline ?? NEVER_MS });
        const abort = () => controller.abort(); // it has no other way to cancel
        return keepTo(plan, during, seen, { cancel: abort, abort });
      },
      close: () => channel.close(),
    };
  },
  // A stream starts when its responses are read; `shutdown` waits for the streams, which it tells nothing.
  canDo: (_, { client, outside }) => client.reads !== 0 && outside !== 'interrupted' && outside !== 'stopped',
};

async function serve(plan: HandlerPlan, watch: Watch): Promise<RunningServer> {
  const run = (requests: Iterable<Ask> | AsyncIterable<Ask>, { signal }: CallContext) => {
    watch.enter();
    return play(plan, requests, watch, {
      untilOver: () => setTimeout(NEVER_MS, undefined, { signal }),
      error: new ServerError(Status.ABORTED, 'as planned'),
    });
  };
  const server = createServer(OPTIONS);
  server.add(definition, {
    say: (request: Ask, context: CallContext) => countAnswers(run([request], context), plan),
    collect: (requests: AsyncIterable<Ask>, context: CallContext) => countAnswers(run(requests, context), plan),
    list: (request: Ask, context: CallContext) => run(asked(request), context),
    talk: (requests: AsyncIterable<Ask>, context: CallContext) => run(requests, context),
  });
  return {
    port: await server.listen('127.0.0.1:0'),
    openCalls: () => 0,
    stopGracefully: () => server.shutdown(),
    stopByForce: () => server.forceShutdown(),
  };
}

async function* requests(plan: ClientPlan, signal: AbortSignal): AsyncGenerator<Ask> {
  yield* asksInTime(plan);
  if (plan.halfCloses === false) await setTimeout(NEVER_MS, undefined, { signal });
}

async function seenOf(response: Promise<Answer>): Promise<Seen> {
  try {
    return { status: 'OK', messages: (await response).n };
  } catch (error) {
    return failed(error, 0);
  }
}

async function read(responses: AsyncIterable<Answer>, plan: ClientPlan): Promise<Seen> {
  const counter = new Counter();
  try {
    for await (const response of responses) {
      counter.add(response);
      if (counter.count === plan.reads) return { status: LEFT, messages: counter.count };
      if (plan.pace) await setTimeout(plan.pace);
    }
    return { status: 'OK', messages: counter.count };
  } catch (error) {
    return failed(error, counter.count);
  }
}

/** A call whose signal fires throws an `AbortError`, as its README says. */
function failed(error: unknown, messages: number): Seen {
  if (error instanceof ClientError) return { status: Status[error.code] ?? String(error), messages };
  const cancelled = error instanceof Error && error.name === 'AbortError';
  return { status: cancelled ? 'CANCELLED' : String(error), messages };
}
