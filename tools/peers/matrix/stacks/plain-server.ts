import { type EventEmitter, once } from 'node:events';
import { Server } from '@grpc/grpc-js';
import { definition, OPTIONS } from '../definition.ts';
import { listen } from '../listen.ts';
import type { Row } from '../rows.ts';
import type { Handlers } from '../service.ts';
import type { RunningServer } from '../stack.ts';

/** A server of plain grpc-js. */
export async function servePlainly(handlers: Handlers): Promise<RunningServer> {
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
