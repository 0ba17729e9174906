// package: 
// file: chat.proto

/* tslint:disable */
/* eslint-disable */

import * as grpc from "@grpc/grpc-js";
import * as chat_pb from "./chat_pb";
import * as google_protobuf_wrappers_pb from "google-protobuf/google/protobuf/wrappers_pb";

interface IChatService extends grpc.ServiceDefinition<grpc.UntypedServiceImplementation> {
    chat: IChatService_Ichat;
}

interface IChatService_Ichat extends grpc.MethodDefinition<chat_pb.ChatMessage, google_protobuf_wrappers_pb.StringValue> {
    path: "/Chat/chat";
    requestStream: true;
    responseStream: true;
    requestSerialize: grpc.serialize<chat_pb.ChatMessage>;
    requestDeserialize: grpc.deserialize<chat_pb.ChatMessage>;
    responseSerialize: grpc.serialize<google_protobuf_wrappers_pb.StringValue>;
    responseDeserialize: grpc.deserialize<google_protobuf_wrappers_pb.StringValue>;
}

export const ChatService: IChatService;

export interface IChatServer extends grpc.UntypedServiceImplementation {
    chat: grpc.handleBidiStreamingCall<chat_pb.ChatMessage, google_protobuf_wrappers_pb.StringValue>;
}

export interface IChatClient {
    chat(): grpc.ClientDuplexStream<chat_pb.ChatMessage, google_protobuf_wrappers_pb.StringValue>;
    chat(options: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<chat_pb.ChatMessage, google_protobuf_wrappers_pb.StringValue>;
    chat(metadata: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<chat_pb.ChatMessage, google_protobuf_wrappers_pb.StringValue>;
}

export class ChatClient extends grpc.Client implements IChatClient {
    constructor(address: string, credentials: grpc.ChannelCredentials, options?: Partial<grpc.ClientOptions>);
    public chat(options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<chat_pb.ChatMessage, google_protobuf_wrappers_pb.StringValue>;
    public chat(metadata?: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<chat_pb.ChatMessage, google_protobuf_wrappers_pb.StringValue>;
}
