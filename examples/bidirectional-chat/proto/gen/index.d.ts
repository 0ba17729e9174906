// GENERATED CODE -- DO NOT EDIT! Of chat.proto, 0323f89897a41281, by pnpm generate.
export { StringValue } from 'google-protobuf/google/protobuf/wrappers_pb';
export { ChatMessage } from './chat_pb';
export { type IChatServer, ChatService, ChatClient } from './chat_grpc_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
