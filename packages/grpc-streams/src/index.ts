export type { CallOptions } from './call-watch.ts';
export { KEEPALIVE, LARGE_MESSAGES, STREAMING } from './channel-options.ts';
export {
  type BidiCall,
  bidiCall,
  type ClientStreamingCall,
  clientStreamingCall,
  type ServerStreamingCall,
  serverStreamingCall,
  unaryCall,
} from './client-calls.ts';
export type { HandlerContext, ServerCall } from './handler-call.ts';
export { bidiStreaming, clientStreaming, serverStreaming, unary } from './handlers.ts';
export { MessageQueue } from './message-queue.ts';
export { OpenCalls } from './open-calls.ts';
export { pipelineResponses } from './pipeline-responses.ts';
export { statusError } from './status.ts';
