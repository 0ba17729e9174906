export { StringValue } from 'google-protobuf/google/protobuf/wrappers_pb';
export { ChatClient, ChatService, type IChatServer } from './gen/chat_grpc_pb';
export { ChatMessage } from './gen/chat_pb';
