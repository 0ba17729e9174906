// package: MsgBroker
// file: data_hub.proto

/* tslint:disable */
/* eslint-disable */

import * as grpc from "@grpc/grpc-js";
import * as data_hub_pb from "./data_hub_pb";
import * as google_protobuf_timestamp_pb from "google-protobuf/google/protobuf/timestamp_pb";

interface IIngestService extends grpc.ServiceDefinition<grpc.UntypedServiceImplementation> {
    sendDataPackage: IIngestService_ISendDataPackage;
    sendDataPackagesStream: IIngestService_ISendDataPackagesStream;
}

interface IIngestService_ISendDataPackage extends grpc.MethodDefinition<data_hub_pb.RequestSendDataPackage, data_hub_pb.ResponseSendDataPackage> {
    path: "/MsgBroker.Ingest/SendDataPackage";
    requestStream: false;
    responseStream: false;
    requestSerialize: grpc.serialize<data_hub_pb.RequestSendDataPackage>;
    requestDeserialize: grpc.deserialize<data_hub_pb.RequestSendDataPackage>;
    responseSerialize: grpc.serialize<data_hub_pb.ResponseSendDataPackage>;
    responseDeserialize: grpc.deserialize<data_hub_pb.ResponseSendDataPackage>;
}
interface IIngestService_ISendDataPackagesStream extends grpc.MethodDefinition<data_hub_pb.RequestSendDataPackageStream, data_hub_pb.ResponseSendDataPackage> {
    path: "/MsgBroker.Ingest/SendDataPackagesStream";
    requestStream: true;
    responseStream: false;
    requestSerialize: grpc.serialize<data_hub_pb.RequestSendDataPackageStream>;
    requestDeserialize: grpc.deserialize<data_hub_pb.RequestSendDataPackageStream>;
    responseSerialize: grpc.serialize<data_hub_pb.ResponseSendDataPackage>;
    responseDeserialize: grpc.deserialize<data_hub_pb.ResponseSendDataPackage>;
}

export const IngestService: IIngestService;

export interface IIngestServer extends grpc.UntypedServiceImplementation {
    sendDataPackage: grpc.handleUnaryCall<data_hub_pb.RequestSendDataPackage, data_hub_pb.ResponseSendDataPackage>;
    sendDataPackagesStream: grpc.handleClientStreamingCall<data_hub_pb.RequestSendDataPackageStream, data_hub_pb.ResponseSendDataPackage>;
}

export interface IIngestClient {
    sendDataPackage(request: data_hub_pb.RequestSendDataPackage, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientUnaryCall;
    sendDataPackage(request: data_hub_pb.RequestSendDataPackage, metadata: grpc.Metadata, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientUnaryCall;
    sendDataPackage(request: data_hub_pb.RequestSendDataPackage, metadata: grpc.Metadata, options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientUnaryCall;
    sendDataPackagesStream(callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientWritableStream<data_hub_pb.RequestSendDataPackageStream>;
    sendDataPackagesStream(metadata: grpc.Metadata, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientWritableStream<data_hub_pb.RequestSendDataPackageStream>;
    sendDataPackagesStream(options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientWritableStream<data_hub_pb.RequestSendDataPackageStream>;
    sendDataPackagesStream(metadata: grpc.Metadata, options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientWritableStream<data_hub_pb.RequestSendDataPackageStream>;
}

export class IngestClient extends grpc.Client implements IIngestClient {
    constructor(address: string, credentials: grpc.ChannelCredentials, options?: Partial<grpc.ClientOptions>);
    public sendDataPackage(request: data_hub_pb.RequestSendDataPackage, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientUnaryCall;
    public sendDataPackage(request: data_hub_pb.RequestSendDataPackage, metadata: grpc.Metadata, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientUnaryCall;
    public sendDataPackage(request: data_hub_pb.RequestSendDataPackage, metadata: grpc.Metadata, options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientUnaryCall;
    public sendDataPackagesStream(callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientWritableStream<data_hub_pb.RequestSendDataPackageStream>;
    public sendDataPackagesStream(metadata: grpc.Metadata, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientWritableStream<data_hub_pb.RequestSendDataPackageStream>;
    public sendDataPackagesStream(options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientWritableStream<data_hub_pb.RequestSendDataPackageStream>;
    public sendDataPackagesStream(metadata: grpc.Metadata, options: Partial<grpc.CallOptions>, callback: (error: grpc.ServiceError | null, response: data_hub_pb.ResponseSendDataPackage) => void): grpc.ClientWritableStream<data_hub_pb.RequestSendDataPackageStream>;
}

interface IEgressService extends grpc.ServiceDefinition<grpc.UntypedServiceImplementation> {
    getDataPackagesStream: IEgressService_IGetDataPackagesStream;
}

interface IEgressService_IGetDataPackagesStream extends grpc.MethodDefinition<data_hub_pb.RequestGetDataPackage, data_hub_pb.ResponseGetDataPackageStream> {
    path: "/MsgBroker.Egress/GetDataPackagesStream";
    requestStream: false;
    responseStream: true;
    requestSerialize: grpc.serialize<data_hub_pb.RequestGetDataPackage>;
    requestDeserialize: grpc.deserialize<data_hub_pb.RequestGetDataPackage>;
    responseSerialize: grpc.serialize<data_hub_pb.ResponseGetDataPackageStream>;
    responseDeserialize: grpc.deserialize<data_hub_pb.ResponseGetDataPackageStream>;
}

export const EgressService: IEgressService;

export interface IEgressServer extends grpc.UntypedServiceImplementation {
    getDataPackagesStream: grpc.handleServerStreamingCall<data_hub_pb.RequestGetDataPackage, data_hub_pb.ResponseGetDataPackageStream>;
}

export interface IEgressClient {
    getDataPackagesStream(request: data_hub_pb.RequestGetDataPackage, options?: Partial<grpc.CallOptions>): grpc.ClientReadableStream<data_hub_pb.ResponseGetDataPackageStream>;
    getDataPackagesStream(request: data_hub_pb.RequestGetDataPackage, metadata?: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientReadableStream<data_hub_pb.ResponseGetDataPackageStream>;
}

export class EgressClient extends grpc.Client implements IEgressClient {
    constructor(address: string, credentials: grpc.ChannelCredentials, options?: Partial<grpc.ClientOptions>);
    public getDataPackagesStream(request: data_hub_pb.RequestGetDataPackage, options?: Partial<grpc.CallOptions>): grpc.ClientReadableStream<data_hub_pb.ResponseGetDataPackageStream>;
    public getDataPackagesStream(request: data_hub_pb.RequestGetDataPackage, metadata?: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientReadableStream<data_hub_pb.ResponseGetDataPackageStream>;
}
