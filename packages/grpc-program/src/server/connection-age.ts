import type { ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { onEachSession } from './grpc-js-internals.ts';

export interface ConnectionAge {
  /** A tenth more or less, so that clients that connected together do not reconnect together. */
  readonly ageMs: number;
  /** How long the calls of a connection that is too old may go on. */
  readonly graceMs: number;
  /** How long their last messages and statuses may then be on their way, before the connection is dropped. */
  readonly lastStatusMs: number;
  /** Ends the calls of a connection whose grace period is over. */
  readonly endCalls: (session: ServerHttp2Session) => void;
}

/**
 * Closes connections that are too old. grpc-js has options for this, but drops the calls of such a connection without a
 * status.
 */
export function limitConnectionAge(server: Server, { ageMs, graceMs, lastStatusMs, endCalls }: ConnectionAge): void {
  onEachSession(server, (session) => {
    let timer: NodeJS.Timeout | undefined;
    const after = (milliseconds: number, next: () => void) => {
      timer = setTimeout(next, milliseconds).unref();
    };
    after(ageMs * (0.9 + 0.2 * Math.random()), () => {
      // Sends GOAWAY: the client opens another connection for its next call. This one ends with its last call.
      session.close();
      after(graceMs, () => {
        endCalls(session);
        after(lastStatusMs, () => session.destroy());
      });
    });
    session.once('close', () => clearTimeout(timer));
  });
}
