import { setTimeout as delay } from 'node:timers/promises';
import { Server, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  bidiStreaming,
  clientStreaming,
  type HandlerContext,
  OpenCalls,
  pipelineResponses,
  serverStreaming,
  statusError,
  unary,
} from '../../src/index.ts';
import type { Ask, TestHandlers } from '../test-client.ts';
import { definition, OPTIONS } from './definition.ts';
import { asked } from './follow.ts';
import { listen } from './listen.ts';
import { connectOurs } from './our-client.ts';
import type { HandlerPlan } from './plans.ts';
import { countAnswers, play } from './play.ts';
import type { RunningServer, Stack, Watch } from './stack.ts';

/** This package. */
export const stack: Stack = {
  module: import.meta.url,
  serve: (_, plan, watch) => startServer(handlersOf(plan, watch)),
  connect: connectOurs,
};

function handlersOf(plan: HandlerPlan, watch: Watch): TestHandlers {
  const run = (requests: Iterable<Ask> | AsyncIterable<Ask>, { signal }: HandlerContext) => {
    watch.enter(signal);
    // Longer than every deadline: a handler that is not told shows as a timer that is left.
    return play(plan, requests, watch, { untilOver: () => delay(60_000, undefined, { signal }) });
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

async function startServer(handlers: TestHandlers): Promise<RunningServer> {
  const calls = new OpenCalls(() => {}); // one of the plans is to throw what is no status
  const server = new Server({ ...OPTIONS, interceptors: [pipelineResponses] });
  server.addService(definition, calls.track(handlers as unknown as UntypedServiceImplementation));
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
