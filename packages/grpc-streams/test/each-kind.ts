import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { CallOptions, ClientUnaryCall, StatusObject } from '@grpc/grpc-js';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  type HandlerContext,
  serverStreaming,
  serverStreamingCall,
  unary,
} from '../src/index.ts';
import { type Answer, type Ask, ask, soon, type TestClient, type TestHandlers } from './test-service.ts';
import { Deferred } from './wait.ts';

type Body = (context: HandlerContext) => Answer | Promise<Answer>;

interface Kind {
  readonly kind: string;
  /** A service whose handler of this kind does what the body does. */
  handlers(body: Body): Partial<TestHandlers>;
  /** Calls it; a stream of requests stays open. */
  start(client: TestClient, options?: CallOptions): { grpcCall: ClientUnaryCall; status: Promise<StatusObject> };
}

/** The four kinds of RPC, for what must be true of all of them. */
export const kinds: Kind[] = [
  {
    kind: 'unary',
    handlers: (body) => ({ say: unary((_, context) => body(context)) }),
    start: (client, options = soon()) => {
      const call = client.say(ask(1), options, () => {});
      return { grpcCall: call, status: once(call, 'status').then(([status]) => status as StatusObject) };
    },
  },
  {
    kind: 'client-streaming',
    handlers: (body) => ({ collect: clientStreaming((_, context) => body(context)) }),
    start: (client, options = soon()) => clientStreamingCall<Ask, Answer>((done) => client.collect(options, done)),
  },
  {
    kind: 'server-streaming',
    handlers: (body) => ({
      list: serverStreaming(async function* (_, context) {
        yield await body(context);
      }),
    }),
    start: (client, options = soon()) => serverStreamingCall(client.list(ask(1), options)),
  },
  {
    kind: 'bidi-streaming',
    handlers: (body) => ({
      talk: bidiStreaming(async function* (_, context) {
        yield await body(context);
      }),
    }),
    start: (client, options = soon()) => bidiCall(client.talk(options)),
  },
];

const NEVER_MS = 2 ** 31 - 1;

/** A handler that does nothing until its signal fires. */
export class Waiting {
  readonly #entered = new Deferred<HandlerContext>();
  readonly #left = new Deferred<unknown>();
  /** The handler runs. */
  readonly entered = this.#entered.promise;
  /** The handler's `finally` runs; gives the signal's reason. */
  readonly left = this.#left.promise;

  readonly body = async (context: HandlerContext): Promise<Answer> => {
    this.#entered.resolve(context);
    try {
      return await setTimeout(NEVER_MS, undefined as never, { signal: context.signal });
    } finally {
      this.#left.resolve(context.signal.reason);
    }
  };
}
