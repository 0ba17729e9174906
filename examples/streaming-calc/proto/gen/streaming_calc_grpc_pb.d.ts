// package: 
// file: streaming_calc.proto

/* tslint:disable */
/* eslint-disable */

import * as grpc from "@grpc/grpc-js";
import * as streaming_calc_pb from "./streaming_calc_pb";
import * as google_protobuf_wrappers_pb from "google-protobuf/google/protobuf/wrappers_pb";

interface IStreamingCalcServiceService extends grpc.ServiceDefinition<grpc.UntypedServiceImplementation> {
    sum: IStreamingCalcServiceService_Isum;
    incrementalSum: IStreamingCalcServiceService_IincrementalSum;
}

interface IStreamingCalcServiceService_Isum extends grpc.MethodDefinition<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value> {
    path: "/StreamingCalcService/sum";
    requestStream: true;
    responseStream: false;
    requestSerialize: grpc.serialize<google_protobuf_wrappers_pb.Int64Value>;
    requestDeserialize: grpc.deserialize<google_protobuf_wrappers_pb.Int64Value>;
    responseSerialize: grpc.serialize<google_protobuf_wrappers_pb.Int64Value>;
    responseDeserialize: grpc.deserialize<google_protobuf_wrappers_pb.Int64Value>;
}
interface IStreamingCalcServiceService_IincrementalSum extends grpc.MethodDefinition<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value> {
    path: "/StreamingCalcService/incrementalSum";
    requestStream: true;
    responseStream: true;
    requestSerialize: grpc.serialize<google_protobuf_wrappers_pb.Int64Value>;
    requestDeserialize: grpc.deserialize<google_protobuf_wrappers_pb.Int64Value>;
    responseSerialize: grpc.serialize<google_protobuf_wrappers_pb.Int64Value>;
    responseDeserialize: grpc.deserialize<google_protobuf_wrappers_pb.Int64Value>;
}

export const StreamingCalcServiceService: IStreamingCalcServiceService;

export interface IStreamingCalcServiceServer extends grpc.UntypedServiceImplementation {
    sum: grpc.handleClientStreamingCall<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value>;
    incrementalSum: grpc.handleBidiStreamingCall<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value>;
}

export interface IStreamingCalcServiceClient {
    sum(callback: (error: grpc.ServiceError | null, response: google_protobuf_wrappers_pb.Int64Value) => void): grpc.ClientWritableStream<google_protobuf_wrappers_pb.Int64Value>;
    sum(metadata: grpc.Metadata, callback: (error: grpc.ServiceError | null, response: google_protobuf_wrappers_pb.Int64Value) => void): grpc.ClientWritableStream<google_protobuf_wrappers_pb.Int64Value>;
    sum(options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: google_protobuf_wrappers_pb.Int64Value) => void): grpc.ClientWritableStream<google_protobuf_wrappers_pb.Int64Value>;
    sum(metadata: grpc.Metadata, options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: google_protobuf_wrappers_pb.Int64Value) => void): grpc.ClientWritableStream<google_protobuf_wrappers_pb.Int64Value>;
    incrementalSum(): grpc.ClientDuplexStream<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value>;
    incrementalSum(options: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value>;
    incrementalSum(metadata: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value>;
}

export class StreamingCalcServiceClient extends grpc.Client implements IStreamingCalcServiceClient {
    constructor(address: string, credentials: grpc.ChannelCredentials, options?: Partial<grpc.ClientOptions>);
    public sum(callback: (error: grpc.ServiceError | null, response: google_protobuf_wrappers_pb.Int64Value) => void): grpc.ClientWritableStream<google_protobuf_wrappers_pb.Int64Value>;
    public sum(metadata: grpc.Metadata, callback: (error: grpc.ServiceError | null, response: google_protobuf_wrappers_pb.Int64Value) => void): grpc.ClientWritableStream<google_protobuf_wrappers_pb.Int64Value>;
    public sum(options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: google_protobuf_wrappers_pb.Int64Value) => void): grpc.ClientWritableStream<google_protobuf_wrappers_pb.Int64Value>;
    public sum(metadata: grpc.Metadata, options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: google_protobuf_wrappers_pb.Int64Value) => void): grpc.ClientWritableStream<google_protobuf_wrappers_pb.Int64Value>;
    public incrementalSum(options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value>;
    public incrementalSum(metadata?: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<google_protobuf_wrappers_pb.Int64Value, google_protobuf_wrappers_pb.Int64Value>;
}
