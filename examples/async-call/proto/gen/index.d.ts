// GENERATED CODE -- DO NOT EDIT! Of phone.proto, d99e7eb72bbd8693, by pnpm generate.
export { StreamCallRequest, StreamCallResponse, CallInfo, CallState } from './phone_pb';
export { type IPhoneServer, PhoneService, PhoneClient } from './phone_grpc_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
