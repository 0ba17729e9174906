// package: messages
// file: messages.proto

/* tslint:disable */
/* eslint-disable */

import * as jspb from "google-protobuf";

export class MessageRequest extends jspb.Message { 
    getName(): string;
    setName(value: string): MessageRequest;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): MessageRequest.AsObject;
    static toObject(includeInstance: boolean, msg: MessageRequest): MessageRequest.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: MessageRequest, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): MessageRequest;
    static deserializeBinaryFromReader(message: MessageRequest, reader: jspb.BinaryReader): MessageRequest;
}

export namespace MessageRequest {
    export type AsObject = {
        name: string,
    }
}

export class MessageResponse extends jspb.Message { 
    getMessage(): string;
    setMessage(value: string): MessageResponse;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): MessageResponse.AsObject;
    static toObject(includeInstance: boolean, msg: MessageResponse): MessageResponse.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: MessageResponse, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): MessageResponse;
    static deserializeBinaryFromReader(message: MessageResponse, reader: jspb.BinaryReader): MessageResponse;
}

export namespace MessageResponse {
    export type AsObject = {
        message: string,
    }
}
