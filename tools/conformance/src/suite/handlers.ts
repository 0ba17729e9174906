import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { bidiStreaming, clientStreaming, type HandlerContext, serverStreaming, unary } from 'grpc-streams';
import { asStatus, type Request, requestInfo, type StreamDefinition, type UnaryDefinition } from './definitions.ts';
import { addTo, toMetadata } from './messages.ts';
import { type SuiteCall, service } from './service.ts';

const asCall = ({ call, trailer, signal }: HandlerContext): SuiteCall => ({
  signal,
  info: (requests) => requestInfo(call, requests),
  sendHeaders: (headers) => call.sendMetadata(toMetadata(headers)),
  addTrailers: (trailers) => void addTo(trailer, trailers),
  failure: asStatus,
});

/** The suite's service, by grpc-streams. */
export const handlers: UntypedServiceImplementation = {
  Unary: unary<Request<UnaryDefinition>, object>((request, context) => service.Unary(request, asCall(context))),
  ClientStream: clientStreaming<Request<UnaryDefinition>, object>((messages, context) => {
    context.holdHeaders(); // the first request says which they are
    return service.ClientStream(messages, asCall(context));
  }),
  ServerStream: serverStreaming<Request<StreamDefinition>, object>((request, context) =>
    service.ServerStream(request, asCall(context)),
  ),
  BidiStream: bidiStreaming<Request<StreamDefinition>, object>((messages, context) => {
    context.holdHeaders();
    return service.BidiStream(messages, asCall(context));
  }),
};
