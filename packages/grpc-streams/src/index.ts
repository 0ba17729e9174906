export { KEEPALIVE, LARGE_MESSAGES, STREAMING } from './channel-options.ts';
export type { CallOptions } from './client/call-watch.ts';
export { type Calls, callsOf, type MakeCallOptions } from './client/calls-of.ts';
export {
  type BidiCall,
  bidiCall,
  type ClientStreamingCall,
  clientStreamingCall,
  type ServerStreamingCall,
  serverStreamingCall,
  type UnaryCall,
  unaryCall,
} from './client/client-calls.ts';
export { detailsOf, type ErrorDetail, errorWithDetails } from './error-details.ts';
export { http2StreamOf } from './grpc-js-internals.ts';
export { MessageQueue, type MessageQueueOptions } from './message-queue.ts';
export { listenToProgram, type ProgramListener } from './program-listener.ts';
export { type BoundCallsOptions, boundCalls } from './server/bound-calls.ts';
export { Broadcast, type BroadcastOptions } from './server/broadcast.ts';
export type { HandlerContext } from './server/handler-call.ts';
export { bidiStreaming, clientStreaming, serverStreaming, unary } from './server/handlers.ts';
export { OpenCalls, type OpenCallsOptions } from './server/open-calls.ts';
export { PassThroughCall, type SentStatus, type ServerListener } from './server/pass-through-call.ts';
export type { ServerCall } from './server/server-call.ts';
export type { Subscription } from './server/subscription.ts';
export { isStatus, statusError, statusOfCancel } from './status.ts';
