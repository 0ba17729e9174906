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

/**
 * A time as .NET counts it, in units of 100 ns since the year 1; a `number` would not hold it exactly.
 *
 * @param milliseconds since 1970; without it, now
 */
export function dotNetTicks(milliseconds?: number): string;

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
