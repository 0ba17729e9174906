import { setTimeout as delay } from 'node:timers/promises';
import { type CallResult, type ClientRequest, cancelTiming, FULL_DUPLEX, type Payload } from './client-request.ts';
import { type ErrorMessage, type Header, unpack } from './messages.ts';

/** What each call of a client of promises and async iterables is given. */
export interface PromiseCall {
  readonly headers: readonly Header[];
  /** How long the call may take, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
  onHeaders(headers: Header[]): void;
  onTrailers(trailers: Header[]): void;
}

/** A client of the suite's service, of a library of promises and async iterables. */
export interface PromiseClient {
  unary(method: string, request: object, call: PromiseCall): Promise<Payload>;
  clientStream(requests: AsyncIterable<object>, call: PromiseCall): Promise<Payload>;
  serverStream(request: object, call: PromiseCall): AsyncIterable<Payload>;
  bidiStream(requests: AsyncIterable<object>, call: PromiseCall): AsyncIterable<Payload>;
  /** What an error of the library says; throws what is none of its own. */
  read(error: unknown): { error: ErrorMessage; trailers?: Header[] };
}

/** Makes a call as users of such a library do. */
export async function promiseInvoke(client: PromiseClient, request: ClientRequest): Promise<CallResult> {
  const { beforeHalfClose, msAfterHalfClose, afterResponses } = cancelTiming(request);
  const stop = new AbortController();
  const messages = request.request_messages.map(unpack);
  const [first = {}] = messages;
  const payloads: unknown[] = [];
  let headers: Header[] = [];
  let trailers: Header[] = [];
  let sent = 0;
  let isOver = false;
  let wake = () => {};
  const call: PromiseCall = {
    headers: request.request_headers,
    ...(Object.hasOwn(request, 'timeout_ms') && { timeoutMs: request.timeout_ms ?? 0 }),
    signal: stop.signal,
    onHeaders: (received) => {
      headers = received;
    },
    onTrailers: (received) => {
      trailers = received;
    },
  };
  const take = ({ payload }: Payload) => {
    payloads.push(payload ?? {});
    if (payloads.length === afterResponses) stop.abort();
    wake();
  };
  const cancelLater = () => {
    if (msAfterHalfClose !== undefined) setTimeout(() => stop.abort(), msAfterHalfClose);
  };
  async function* requests() {
    for (const message of messages) {
      if (request.request_delay_ms) await delay(request.request_delay_ms);
      if (isOver) return;
      const before = payloads.length;
      yield message;
      sent += 1;
      if (request.stream_type !== FULL_DUPLEX || isOver || payloads.length > before) continue;
      await new Promise<void>((woken) => {
        wake = woken;
      });
    }
    if (beforeHalfClose) stop.abort();
    cancelLater();
  }
  const all = async (responses: AsyncIterable<Payload>) => {
    for await (const response of responses) take(response);
  };

  let error: ErrorMessage | undefined;
  const isStream = request.method === 'ClientStream' || request.method === 'BidiStream';
  try {
    if (!isStream) cancelLater();
    if (request.method === 'ServerStream') await all(client.serverStream(first, call));
    else if (request.method === 'ClientStream') take(await client.clientStream(requests(), call));
    else if (request.method === 'BidiStream') await all(client.bidiStream(requests(), call));
    else take(await client.unary(request.method, first, call));
  } catch (thrown) {
    const told = client.read(thrown);
    error = told.error;
    trailers = told.trailers ?? trailers;
  }
  isOver = true;
  wake();
  return {
    response_headers: headers,
    payloads,
    ...(error && { error }),
    response_trailers: trailers,
    num_unsent_requests: isStream ? messages.length - sent : 0,
  };
}
