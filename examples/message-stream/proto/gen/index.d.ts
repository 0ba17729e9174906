// GENERATED CODE -- DO NOT EDIT! Of messages.proto, b8abdc9b87396e44, by pnpm generate.
export { MessageRequest, MessageResponse } from './messages_pb';
export { type IMessageServiceServer, MessageServiceService, MessageServiceClient } from './messages_grpc_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
