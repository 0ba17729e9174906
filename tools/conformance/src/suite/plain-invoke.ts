import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  Metadata,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import {
  type CallResult,
  type ClientRequest,
  cancelTiming,
  deadlineOf,
  FULL_DUPLEX,
  type Payload,
} from './client-request.ts';
import { conformanceService, errorOf, toHeaders, toMetadata, unpack } from './messages.ts';

const wait = (ms: number) => new Promise((resolve) => (ms ? setTimeout(resolve, ms) : resolve(undefined)));

/** Makes the same call by grpc-js's own callbacks and events. */
export function plainInvoke(client: Client, request: ClientRequest): Promise<CallResult> {
  const { path, requestSerialize, responseDeserialize } = conformanceService[request.method] ?? {};
  if (!path || !requestSerialize || !responseDeserialize) throw new Error(`no method ${request.method}`);
  const method = [path, requestSerialize, responseDeserialize as (bytes: Buffer) => Payload] as const;
  const metadata = toMetadata(request.request_headers);
  const options: CallOptions = deadlineOf(request);
  const messages = request.request_messages.map(unpack);
  const [first = {}] = messages;
  const { beforeHalfClose, msAfterHalfClose, afterResponses } = cancelTiming(request);
  const payloads: unknown[] = [];
  let headers = new Metadata();

  return new Promise((resolve, reject) => {
    let isOver = false;
    let failure: ServiceError | undefined;
    let status: StatusObject | undefined;
    let unsent = 0;
    let wake = () => {};
    function finish(): void {
      const end = failure ?? status;
      if (isOver || !end) return;
      isOver = true;
      wake();
      resolve({
        response_headers: toHeaders(headers),
        payloads,
        ...(end.code !== 0 && { error: errorOf(end) }),
        response_trailers: toHeaders(end.metadata),
        num_unsent_requests: unsent,
      });
    }
    const cancelLater = () => {
      if (msAfterHalfClose !== undefined) setTimeout(() => call.cancel(), msAfterHalfClose);
    };
    const onResponse = ({ payload }: Payload) => {
      payloads.push(payload ?? {});
      if (payloads.length === afterResponses) call.cancel();
      wake();
    };
    const callback = (error: ServiceError | null, response?: Payload) => {
      if (error) failure = error;
      else if (response) onResponse(response);
      if (status || error) setImmediate(finish);
    };
    async function send(stream: ClientWritableStream<object>, hasEnded?: () => boolean): Promise<void> {
      for (const [index, message] of messages.entries()) {
        if (request.request_delay_ms) await wait(request.request_delay_ms);
        if (isOver) {
          unsent = messages.length - index;
          break;
        }
        const before = payloads.length;
        stream.write(message);
        while (hasEnded && !isOver && payloads.length === before && !hasEnded()) {
          await new Promise<void>((woken) => {
            wake = woken;
          });
        }
      }
      if (beforeHalfClose) stream.cancel();
      stream.end();
      cancelLater();
    }
    function start(): ClientUnaryCall {
      switch (request.method) {
        case 'ServerStream': {
          const stream: ClientReadableStream<Payload> = client.makeServerStreamRequest(
            ...method,
            first,
            metadata,
            options,
          );
          return stream.on('data', onResponse);
        }
        case 'ClientStream':
          return client.makeClientStreamRequest(...method, metadata, options, callback);
        case 'BidiStream': {
          const stream: ClientDuplexStream<object, Payload> = client.makeBidiStreamRequest(
            ...method,
            metadata,
            options,
          );
          return stream.on('data', onResponse).on('end', () => wake());
        }
        default:
          return client.makeUnaryRequest(...method, first, metadata, options, callback);
      }
    }
    const call = start();
    call.on('metadata', (received: Metadata) => {
      headers = received;
    });
    call.on('status', (received: StatusObject) => {
      status = received;
      setImmediate(finish);
    });
    call.on('error', (error: ServiceError) => {
      failure = error;
    });
    if (request.method === 'ClientStream') send(call as ClientWritableStream<object>).catch(reject);
    else if (request.method === 'BidiStream') {
      const stream = call as ClientDuplexStream<object, Payload>;
      send(stream, request.stream_type === FULL_DUPLEX ? () => stream.readableEnded : undefined).catch(reject);
    } else cancelLater();
  });
}
