export {
  type IPhoneServer,
  PhoneClient,
  PhoneService,
} from './gen/phone_grpc_pb';
export { CallInfo, CallState, StreamCallRequest, StreamCallResponse } from './gen/phone_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
