// package: messages
// file: messages.proto

/* tslint:disable */
/* eslint-disable */

import * as grpc from "@grpc/grpc-js";
import * as messages_pb from "./messages_pb";

interface IMessageServiceService extends grpc.ServiceDefinition<grpc.UntypedServiceImplementation> {
    streamMessages: IMessageServiceService_IStreamMessages;
}

interface IMessageServiceService_IStreamMessages extends grpc.MethodDefinition<messages_pb.MessageRequest, messages_pb.MessageResponse> {
    path: "/messages.MessageService/StreamMessages";
    requestStream: true;
    responseStream: true;
    requestSerialize: grpc.serialize<messages_pb.MessageRequest>;
    requestDeserialize: grpc.deserialize<messages_pb.MessageRequest>;
    responseSerialize: grpc.serialize<messages_pb.MessageResponse>;
    responseDeserialize: grpc.deserialize<messages_pb.MessageResponse>;
}

export const MessageServiceService: IMessageServiceService;

export interface IMessageServiceServer extends grpc.UntypedServiceImplementation {
    streamMessages: grpc.handleBidiStreamingCall<messages_pb.MessageRequest, messages_pb.MessageResponse>;
}

export interface IMessageServiceClient {
    streamMessages(): grpc.ClientDuplexStream<messages_pb.MessageRequest, messages_pb.MessageResponse>;
    streamMessages(options: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<messages_pb.MessageRequest, messages_pb.MessageResponse>;
    streamMessages(metadata: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<messages_pb.MessageRequest, messages_pb.MessageResponse>;
}

export class MessageServiceClient extends grpc.Client implements IMessageServiceClient {
    constructor(address: string, credentials: grpc.ChannelCredentials, options?: Partial<grpc.ClientOptions>);
    public streamMessages(options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<messages_pb.MessageRequest, messages_pb.MessageResponse>;
    public streamMessages(metadata?: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<messages_pb.MessageRequest, messages_pb.MessageResponse>;
}
