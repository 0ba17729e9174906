export { StringValue } from 'google-protobuf/google/protobuf/wrappers_pb';
export { ChatClient, ChatService, type IChatServer } from './gen/chat_grpc_pb';
export { ChatMessage } from './gen/chat_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
