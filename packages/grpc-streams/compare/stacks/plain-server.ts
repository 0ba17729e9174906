import { type EventEmitter, once } from 'node:events';
import { Server } from '@grpc/grpc-js';
import { definition, OPTIONS } from '../../test/matrix/definition.ts';
import { listen } from '../../test/matrix/listen.ts';
import type { Row } from '../../test/matrix/rows.ts';
import type { RunningServer } from '../../test/matrix/stack.ts';
import type { TestHandlers } from '../../test/test-client.ts';

/** A server of plain grpc-js. */
export async function servePlainly(handlers: TestHandlers): Promise<RunningServer> {
  const server = new Server(OPTIONS);
  server.addService(definition, { ...handlers });
  return {
    port: await listen(server),
    openCalls: () => 0,
    stopGracefully: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
    stopByForce: () => server.forceShutdown(),
  };
}

/** How a plain handler waits for the end of its call: grpc-js emits 'cancelled'. */
export const over = (call: EventEmitter) => ({ untilOver: () => once(call, 'cancelled') });

/** grpc-js takes no `AbortSignal`, and `tryShutdown` waits for the streams, which it tells nothing. */
export function plainCanDo({ client, outside }: Row): boolean {
  return !client.aborts && outside !== 'interrupted' && outside !== 'stopped';
}
