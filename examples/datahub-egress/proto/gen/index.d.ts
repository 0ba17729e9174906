// GENERATED CODE -- DO NOT EDIT! Of data_hub.proto, 070d09be8b6af02f, by pnpm generate.
export { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
export { RequestSendDataPackage, RequestSendDataPackageStream, ResponseSendDataPackage, RequestGetDataPackage, ResponseGetDataPackageStream } from './data_hub_pb';
export { type IIngestServer, type IEgressServer, IngestService, IngestClient, EgressService, EgressClient } from './data_hub_grpc_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
