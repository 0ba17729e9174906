export { KEEPALIVE, LARGE_MESSAGES, STREAMING } from './channel-options.ts';
export type { CallOptions } from './client/call-watch.ts';
export {
  type BidiCall,
  bidiCall,
  type ClientStreamingCall,
  clientStreamingCall,
  type ServerStreamingCall,
  serverStreamingCall,
  unaryCall,
} from './client/client-calls.ts';
export { MessageQueue, type MessageQueueOptions } from './message-queue.ts';
export type { HandlerContext, ServerCall } from './server/handler-call.ts';
export { bidiStreaming, clientStreaming, serverStreaming, unary } from './server/handlers.ts';
export { OpenCalls } from './server/open-calls.ts';
export { pipelineResponses } from './server/pipeline-responses.ts';
export { statusError } from './status.ts';
