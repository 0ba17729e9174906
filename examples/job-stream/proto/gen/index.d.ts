// GENERATED CODE -- DO NOT EDIT! Of jobs.proto, 0f315a7f943a961e, by pnpm generate.
export { JobMessage, Job, MapJob, ReduceJob, JobReply, MapResult, ReduceResult, WordCounts, Shutdown, ShutdownReply } from './jobs_pb';
export { type IJobServiceServer, JobServiceService, JobServiceClient } from './jobs_grpc_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
