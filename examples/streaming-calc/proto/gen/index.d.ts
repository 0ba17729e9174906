// GENERATED CODE -- DO NOT EDIT! Of streaming_calc.proto, 35ad549eb322d145, by pnpm generate.
export { Int64Value } from 'google-protobuf/google/protobuf/wrappers_pb';
export { type IStreamingCalcServiceServer, StreamingCalcServiceService, StreamingCalcServiceClient } from './streaming_calc_grpc_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
