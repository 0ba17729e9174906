// package: jobs
// file: jobs.proto

/* tslint:disable */
/* eslint-disable */

import * as grpc from "@grpc/grpc-js";
import * as jobs_pb from "./jobs_pb";

interface IJobServiceService extends grpc.ServiceDefinition<grpc.UntypedServiceImplementation> {
    streamJobs: IJobServiceService_IStreamJobs;
}

interface IJobServiceService_IStreamJobs extends grpc.MethodDefinition<jobs_pb.JobMessage, jobs_pb.JobMessage> {
    path: "/jobs.JobService/StreamJobs";
    requestStream: true;
    responseStream: true;
    requestSerialize: grpc.serialize<jobs_pb.JobMessage>;
    requestDeserialize: grpc.deserialize<jobs_pb.JobMessage>;
    responseSerialize: grpc.serialize<jobs_pb.JobMessage>;
    responseDeserialize: grpc.deserialize<jobs_pb.JobMessage>;
}

export const JobServiceService: IJobServiceService;

export interface IJobServiceServer extends grpc.UntypedServiceImplementation {
    streamJobs: grpc.handleBidiStreamingCall<jobs_pb.JobMessage, jobs_pb.JobMessage>;
}

export interface IJobServiceClient {
    streamJobs(): grpc.ClientDuplexStream<jobs_pb.JobMessage, jobs_pb.JobMessage>;
    streamJobs(options: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<jobs_pb.JobMessage, jobs_pb.JobMessage>;
    streamJobs(metadata: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<jobs_pb.JobMessage, jobs_pb.JobMessage>;
}

export class JobServiceClient extends grpc.Client implements IJobServiceClient {
    constructor(address: string, credentials: grpc.ChannelCredentials, options?: Partial<grpc.ClientOptions>);
    public streamJobs(options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<jobs_pb.JobMessage, jobs_pb.JobMessage>;
    public streamJobs(metadata?: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<jobs_pb.JobMessage, jobs_pb.JobMessage>;
}
