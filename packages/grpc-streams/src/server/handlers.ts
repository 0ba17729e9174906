import type { Readable, Writable } from 'node:stream';
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { holdFewMessages } from '../grpc-js-internals.ts';
import type { MessageQueue } from '../message-queue.ts';
import { readMessages } from '../read-messages.ts';
import { letGoOfRequests } from './bound-calls.ts';
import { HandlerCall, type HandlerContext } from './handler-call.ts';
import type { ServerCall } from './server-call.ts';

// Response is inferred from where a handler is put, its service definition, not from what it gives: hence NoInfer. So
// a handler that gives the wrong message is an error at the line that gives it.

/**
 * Makes a grpc-js handler of an async function: one request, one response.
 *
 * What the handler throws becomes the status of the call: `{ code, details, metadata? }` as it is, anything else
 * UNKNOWN, its text kept for the log (https://github.com/grpc/grpc-node/issues/290).
 */
export function unary<Request, Response>(
  handler: (request: Request, context: HandlerContext) => NoInfer<Response> | Promise<NoInfer<Response>>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    sendResponse(call, undefined, callback, (context) => handler(call.request, context));
  };
}

/** Makes a grpc-js handler of an async function: a stream of requests, one response. Errors as for {@link unary}. */
export function clientStreaming<Request, Response>(
  handler: (
    requests: AsyncIterable<Request>,
    context: HandlerContext,
  ) => NoInfer<Response> | Promise<NoInfer<Response>>,
): handleClientStreamingCall<Request, Response> {
  return (call, callback) => {
    const requests = readRequests<Request>(call);
    sendResponse(call, requests, callback, (context) => handler(requests, context));
  };
}

/**
 * Makes a grpc-js handler of an async generator: one request, a stream of responses. Errors as for {@link unary}.
 *
 * The generator goes on when the transport takes more messages. When the client is gone it is left at its `yield`,
 * so that its `finally` runs.
 */
export function serverStreaming<Request, Response>(
  handler: (request: Request, context: HandlerContext) => AsyncIterable<NoInfer<Response>>,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    sendResponses(call, undefined, (context) => handler(call.request, context));
  };
}

/**
 * Makes a grpc-js handler of an async generator: a stream of requests, a stream of responses, each at its own pace.
 * Sends as {@link serverStreaming} does; errors as for {@link unary}.
 */
export function bidiStreaming<Request, Response>(
  handler: (requests: AsyncIterable<Request>, context: HandlerContext) => AsyncIterable<NoInfer<Response>>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => {
    const requests = readRequests<Request>(call);
    sendResponses(call, requests, (context) => handler(requests, context));
  };
}

function readRequests<Request>(call: Readable): MessageQueue<Request> {
  const requests = readMessages<Request>(call, { onKept: letGoOfRequests(call) });
  // The half-close; often also the first sign of a cancel (https://github.com/grpc/grpc-node/issues/2583). When the
  // connection is lost, or a client resets the stream, 'cancelled' follows within the same turn of the event loop. A
  // grpc-js client that cancels half-closes first, in a packet of its own: no waiting tells that from a half-close.
  call.once('end', () => setImmediate(() => requests.end()));
  return requests;
}

function sendResponse<Response>(
  call: ServerCall,
  requests: MessageQueue<unknown> | undefined,
  callback: sendUnaryData<Response>,
  handler: (context: HandlerContext) => NoInfer<Response> | Promise<NoInfer<Response>>,
): void {
  let response: Response;
  const handlerCall = new HandlerCall(call, requests, (error) => {
    if (error) callback(error);
    else callback(null, response, handlerCall.trailer);
  });
  if (requests) sendHeadersSoon(handlerCall);
  void handlerCall.run(async () => {
    response = await handler(handlerCall);
  });
}

function sendResponses<Response>(
  call: ServerCall & Pick<Writable, 'writableLength'> & ResponseWriter<Response>,
  requests: MessageQueue<unknown> | undefined,
  handler: (context: HandlerContext) => AsyncIterable<NoInfer<Response>>,
): void {
  holdFewMessages(call);
  const handlerCall = new HandlerCall(call, requests, (error) => {
    // Only this event fails a grpc-js stream: destroy(error) would send no status at all.
    if (error) call.emit('error', error);
    else call.end(handlerCall.trailer);
  });
  const onWritten = () => {
    if (call.writableLength === 0) handlerCall.wake();
  };
  sendHeadersSoon(handlerCall);
  void handlerCall.run(async () => {
    for await (const response of handler(handlerCall)) {
      if (handlerCall.over) break;
      handlerCall.hasSent = true;
      call.write(response, onWritten);
      // One message may wait for a slow client, whatever its size, beside what the transport has taken.
      if (call.writableLength > 0) await handlerCall.woken();
      if (handlerCall.over) break;
    }
  });
}

/** Sends the headers once the handler waits; by themselves they go with the first response. */
function sendHeadersSoon(handlerCall: HandlerCall): void {
  const { call } = handlerCall;
  const sendMetadata = call.sendMetadata.bind(call);
  // Headers that are sent twice would be seen twice by interceptors. Not by `=`; see boundCalls.
  Object.assign(call, {
    sendMetadata: (metadata: Metadata) => {
      handlerCall.hasSent = true;
      sendMetadata(metadata);
    },
  });
  setImmediate(() => {
    if (!handlerCall.hasSent && !handlerCall.over) sendMetadata(new Metadata());
  });
}

interface ResponseWriter<Response> {
  write(response: Response, callback: () => void): boolean;
  end(trailer: Metadata): unknown;
}
