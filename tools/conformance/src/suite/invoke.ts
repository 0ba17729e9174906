import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import {
  type CallOptions,
  type Client,
  type ClientUnaryCall,
  Metadata,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { bidiCall, clientStreamingCall, serverStreamingCall, unaryCall } from 'grpc-streams';
import {
  type CallResult,
  type ClientRequest,
  cancelTiming,
  deadlineOf,
  FULL_DUPLEX,
  type Payload,
} from './client-request.ts';
import { conformanceService, errorOf, toHeaders, toMetadata, unpack } from './messages.ts';

/** Makes a call as a client of grpc-streams does. */
export async function invoke(client: Client, request: ClientRequest): Promise<CallResult> {
  const { path, requestSerialize, responseDeserialize } = conformanceService[request.method] ?? {};
  if (!path || !requestSerialize || !responseDeserialize) throw new Error(`no method ${request.method}`);
  const method = [path, requestSerialize, responseDeserialize as (bytes: Buffer) => Payload] as const;
  const metadata = toMetadata(request.request_headers);
  const options: CallOptions = deadlineOf(request);
  const messages = request.request_messages.map(unpack);
  const [first = {}] = messages;
  const { beforeHalfClose, msAfterHalfClose, afterResponses } = cancelTiming(request);
  const seen = { headers: new Metadata(), trailers: new Metadata() };
  const payloads: unknown[] = [];
  const stop = new AbortController();
  let unsent = 0;
  let failure: ServiceError | undefined;

  const observe = <Call extends ClientUnaryCall>(call: Call): Call => {
    call.on('metadata', (headers: Metadata) => {
      seen.headers = headers;
    });
    call.on('status', ({ metadata }: StatusObject) => {
      seen.trailers = metadata;
    });
    return call;
  };
  const take = ({ payload }: Payload) => {
    payloads.push(payload ?? {});
    if (payloads.length === afterResponses) stop.abort();
  };
  const cancelLater = () => {
    if (msAfterHalfClose !== undefined) setTimeout(() => stop.abort(), msAfterHalfClose);
  };
  const sendEach = async (send: (message: object) => Promise<boolean>) => {
    for (const [index, message] of messages.entries()) {
      if (request.request_delay_ms) await delay(request.request_delay_ms);
      if (await send(message)) continue;
      unsent = messages.length - index;
      return;
    }
  };

  try {
    switch (request.method) {
      case 'ServerStream': {
        const call = observe(client.makeServerStreamRequest(...method, first, metadata, options));
        cancelLater();
        for await (const response of serverStreamingCall(call, stop).responses) take(response);
        break;
      }
      case 'ClientStream': {
        const call = clientStreamingCall<object, Payload>(
          (callback) => observe(client.makeClientStreamRequest(...method, metadata, options, callback)),
          stop,
        );
        await sendEach(call.send);
        if (beforeHalfClose) stop.abort();
        call.halfClose();
        cancelLater();
        take(await call.response);
        break;
      }
      case 'BidiStream': {
        const call = bidiCall<object, Payload>(
          observe(client.makeBidiStreamRequest(...method, metadata, options)),
          stop,
        );
        const responses = call.responses[Symbol.asyncIterator]();
        const takeNext = async () => {
          const { done, value } = await responses.next();
          if (!done) take(value);
          return !done;
        };
        await sendEach(async (message) => {
          if (!(await call.send(message))) return false;
          if (request.stream_type === FULL_DUPLEX) await takeNext();
          return true;
        });
        if (beforeHalfClose) stop.abort();
        call.halfClose();
        cancelLater();
        while (await takeNext());
        break;
      }
      default:
        take(
          await unaryCall<Payload>((callback) => {
            cancelLater();
            return observe(client.makeUnaryRequest(...method, first, metadata, options, callback));
          }, stop),
        );
    }
  } catch (error) {
    failure = error as ServiceError;
    if (typeof failure.code !== 'number') throw error;
  }
  await nextTurn(); // the status comes after the response
  return {
    response_headers: toHeaders(seen.headers),
    payloads,
    ...(failure && { error: errorOf(failure) }),
    response_trailers: toHeaders(failure?.metadata ?? seen.trailers),
    num_unsent_requests: unsent,
  };
}
