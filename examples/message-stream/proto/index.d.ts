export {
  type IMessageServiceServer,
  MessageServiceClient,
  MessageServiceService,
} from './gen/messages_grpc_pb';
export { MessageRequest, MessageResponse } from './gen/messages_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
