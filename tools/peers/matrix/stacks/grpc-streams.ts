import { AsyncResource } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Server, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  bidiStreaming,
  boundCalls,
  clientStreaming,
  type HandlerContext,
  MessageQueue,
  OpenCalls,
  serverStreaming,
  statusError,
  unary,
} from 'grpc-streams';
import { definition, OPTIONS } from '../definition.ts';
import { asked, NEVER_MS } from '../follow.ts';
import { listen } from '../listen.ts';
import type { HandlerPlan } from '../plans.ts';
import { countAnswers, play } from '../play.ts';
import type { Answer, Ask, Handlers } from '../service.ts';
import type { RunningServer, Stack, Watch } from '../stack.ts';
import { connectOurs } from './grpc-streams-client.ts';

/** This package. */
export const grpcStreams: Stack = {
  canDo: () => true,
  serve: (_, plan, watch) => startServer(handlersOf(plan, watch)),
  connect: connectOurs,
};

function handlersOf(plan: HandlerPlan, watch: Watch): Handlers {
  const run = (requests: Iterable<Ask> | AsyncIterable<Ask>, { signal, call }: HandlerContext) => {
    watch.enter(signal, Number(call.getDeadline()));
    return play(plan, requests, watch, {
      untilOver: () => delay(NEVER_MS, undefined, { signal }),
      quietQueue: () => new MessageQueue<Answer>(1, { signal }),
    });
  };
  return {
    say: unary((request, context) => countAnswers(run([request], context), plan)),
    collect: clientStreaming((requests, context) => countAnswers(run(requests, context), plan)),
    list: serverStreaming((request, context) => run(asked(request), context)),
    talk: bidiStreaming((requests, context) => run(requests, context)),
  };
}

/** The milliseconds that handlers have to come to their ends when the server stops. */
const GRACE_MS = 150;

async function startServer(handlers: Handlers): Promise<RunningServer> {
  const calls = new OpenCalls({ onError: () => {} }); // one of the plans is to throw what is no status
  const server = new Server({ ...OPTIONS, interceptors: [boundCalls()] });
  const tracked = calls.track(handlers as unknown as UntypedServiceImplementation);
  // An HTTP/2 stream loses the async context of its server, by which the test of the matrix knows whose a timer is.
  const bound = Object.keys(handlers).map((name) => [name, AsyncResource.bind(tracked[name] as () => void)] as const);
  server.addService(definition, Object.fromEntries(bound));
  return {
    port: await listen(server),
    openCalls: () => calls.size,
    async stopGracefully(insist) {
      const reason = statusError(status.UNAVAILABLE, 'server is shutting down');
      const stopped = new Promise((resolve) => server.tryShutdown(resolve));
      calls.interrupt(reason);
      const timer = insist ? setTimeout(() => calls.fail(reason), GRACE_MS) : undefined;
      await stopped;
      clearTimeout(timer);
    },
    stopByForce: () => server.forceShutdown(),
  };
}
