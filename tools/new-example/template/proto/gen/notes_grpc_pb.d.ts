// package: notes
// file: notes.proto

/* tslint:disable */
/* eslint-disable */

import * as grpc from "@grpc/grpc-js";
import * as notes_pb from "./notes_pb";

interface INotesService extends grpc.ServiceDefinition<grpc.UntypedServiceImplementation> {
    exchange: INotesService_Iexchange;
}

interface INotesService_Iexchange extends grpc.MethodDefinition<notes_pb.Note, notes_pb.Note> {
    path: "/notes.Notes/exchange";
    requestStream: true;
    responseStream: true;
    requestSerialize: grpc.serialize<notes_pb.Note>;
    requestDeserialize: grpc.deserialize<notes_pb.Note>;
    responseSerialize: grpc.serialize<notes_pb.Note>;
    responseDeserialize: grpc.deserialize<notes_pb.Note>;
}

export const NotesService: INotesService;

export interface INotesServer extends grpc.UntypedServiceImplementation {
    exchange: grpc.handleBidiStreamingCall<notes_pb.Note, notes_pb.Note>;
}

export interface INotesClient {
    exchange(): grpc.ClientDuplexStream<notes_pb.Note, notes_pb.Note>;
    exchange(options: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<notes_pb.Note, notes_pb.Note>;
    exchange(metadata: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<notes_pb.Note, notes_pb.Note>;
}

export class NotesClient extends grpc.Client implements INotesClient {
    constructor(address: string, credentials: grpc.ChannelCredentials, options?: Partial<grpc.ClientOptions>);
    public exchange(options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<notes_pb.Note, notes_pb.Note>;
    public exchange(metadata?: grpc.Metadata, options?: Partial<grpc.CallOptions>): grpc.ClientDuplexStream<notes_pb.Note, notes_pb.Note>;
}
