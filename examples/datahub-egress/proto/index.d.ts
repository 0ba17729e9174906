export { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
export {
  EgressClient,
  EgressService,
  type IEgressServer,
  type IIngestServer,
  IngestClient,
  IngestService,
} from './gen/data_hub_grpc_pb';
export {
  RequestGetDataPackage,
  RequestSendDataPackage,
  RequestSendDataPackageStream,
  ResponseGetDataPackageStream,
  ResponseSendDataPackage,
} from './gen/data_hub_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
