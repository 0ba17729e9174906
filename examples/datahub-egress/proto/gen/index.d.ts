// GENERATED CODE -- DO NOT EDIT! Of data_hub.proto, d4b5bd47c89a8e66, by pnpm generate.
export { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
export { RequestSendDataPackage, RequestSendDataPackageStream, ResponseSendDataPackage, RequestGetDataPackage, ResponseGetDataPackageStream } from './data_hub_pb';
export { type IIngestServer, type IEgressServer, IngestService, IngestClient, EgressService, EgressClient } from './data_hub_grpc_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
