// package: grpc.testing
// file: phone.proto

/* tslint:disable */
/* eslint-disable */

import * as grpc from "@grpc/grpc-js";
import * as phone_pb from "./phone_pb";

interface IPhoneService extends grpc.ServiceDefinition<grpc.UntypedServiceImplementation> {
    streamCall: IPhoneService_IStreamCall;
}

interface IPhoneService_IStreamCall extends grpc.MethodDefinition<phone_pb.StreamCallRequest, phone_pb.StreamCallResponse> {
    path: "/grpc.testing.Phone/StreamCall";
    requestStream: true;
    responseStream: true;
    requestSerialize: grpc.serialize<phone_pb.StreamCallRequest>;
    requestDeserialize: grpc.deserialize<phone_pb.StreamCallRequest>;
    responseSerialize: grpc.serialize<phone_pb.StreamCallResponse>;
    responseDeserialize: grpc.deserialize<phone_pb.StreamCallResponse>;
}

export const PhoneService: IPhoneService;

export interface IPhoneServer extends grpc.UntypedServiceImplementation {
    streamCall: grpc.handleBidiStreamingCall<phone_pb.StreamCallRequest, phone_pb.StreamCallResponse>;
}

export interface IPhoneClient {
    streamCall(): grpc.ClientDuplexStream<phone_pb.StreamCallRequest, phone_pb.StreamCallResponse>;
    streamCall(options: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<phone_pb.StreamCallRequest, phone_pb.StreamCallResponse>;
    streamCall(metadata: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<phone_pb.StreamCallRequest, phone_pb.StreamCallResponse>;
}

export class PhoneClient extends grpc.Client implements IPhoneClient {
    constructor(address: string, credentials: grpc.ChannelCredentials, options?: Partial<grpc.ClientOptions>);
    public streamCall(options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<phone_pb.StreamCallRequest, phone_pb.StreamCallResponse>;
    public streamCall(metadata?: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<phone_pb.StreamCallRequest, phone_pb.StreamCallResponse>;
}
