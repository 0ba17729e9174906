export {
  type IJobServiceServer,
  JobServiceClient,
  JobServiceService,
} from './gen/jobs_grpc_pb';
export {
  Job,
  JobMessage,
  JobReply,
  MapJob,
  MapResult,
  ReduceJob,
  ReduceResult,
  Shutdown,
  ShutdownReply,
  WordCounts,
} from './gen/jobs_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
