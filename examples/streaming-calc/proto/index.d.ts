export { Int64Value } from 'google-protobuf/google/protobuf/wrappers_pb';
export {
  type IStreamingCalcServiceServer,
  StreamingCalcServiceClient,
  StreamingCalcServiceService,
} from './gen/streaming_calc_grpc_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
