// package: MsgBroker
// file: data_hub.proto

/* tslint:disable */
/* eslint-disable */

import * as jspb from "google-protobuf";
import * as google_protobuf_timestamp_pb from "google-protobuf/google/protobuf/timestamp_pb";

export class RequestSendDataPackage extends jspb.Message { 
    getTelemetryguid(): string;
    setTelemetryguid(value: string): RequestSendDataPackage;
    getTagname(): string;
    setTagname(value: string): RequestSendDataPackage;
    clearTagvalueList(): void;
    getTagvalueList(): Array<string>;
    setTagvalueList(value: Array<string>): RequestSendDataPackage;
    addTagvalue(value: string, index?: number): string;
    getTrackingguid(): string;
    setTrackingguid(value: string): RequestSendDataPackage;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): RequestSendDataPackage.AsObject;
    static toObject(includeInstance: boolean, msg: RequestSendDataPackage): RequestSendDataPackage.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: RequestSendDataPackage, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): RequestSendDataPackage;
    static deserializeBinaryFromReader(message: RequestSendDataPackage, reader: jspb.BinaryReader): RequestSendDataPackage;
}

export namespace RequestSendDataPackage {
    export type AsObject = {
        telemetryguid: string,
        tagname: string,
        tagvalueList: Array<string>,
        trackingguid: string,
    }
}

export class RequestSendDataPackageStream extends jspb.Message { 
    getTelemetryguid(): string;
    setTelemetryguid(value: string): RequestSendDataPackageStream;
    getTagname(): string;
    setTagname(value: string): RequestSendDataPackageStream;
    getTagvalue(): string;
    setTagvalue(value: string): RequestSendDataPackageStream;
    getTrackingguid(): string;
    setTrackingguid(value: string): RequestSendDataPackageStream;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): RequestSendDataPackageStream.AsObject;
    static toObject(includeInstance: boolean, msg: RequestSendDataPackageStream): RequestSendDataPackageStream.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: RequestSendDataPackageStream, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): RequestSendDataPackageStream;
    static deserializeBinaryFromReader(message: RequestSendDataPackageStream, reader: jspb.BinaryReader): RequestSendDataPackageStream;
}

export namespace RequestSendDataPackageStream {
    export type AsObject = {
        telemetryguid: string,
        tagname: string,
        tagvalue: string,
        trackingguid: string,
    }
}

export class ResponseSendDataPackage extends jspb.Message { 
    getIssuccess(): boolean;
    setIssuccess(value: boolean): ResponseSendDataPackage;
    getLasterror(): string;
    setLasterror(value: string): ResponseSendDataPackage;
    getTrackingguid(): string;
    setTrackingguid(value: string): ResponseSendDataPackage;
    getDatapackagecount(): number;
    setDatapackagecount(value: number): ResponseSendDataPackage;

    hasTimestamp(): boolean;
    clearTimestamp(): void;
    getTimestamp(): google_protobuf_timestamp_pb.Timestamp | undefined;
    setTimestamp(value?: google_protobuf_timestamp_pb.Timestamp): ResponseSendDataPackage;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): ResponseSendDataPackage.AsObject;
    static toObject(includeInstance: boolean, msg: ResponseSendDataPackage): ResponseSendDataPackage.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: ResponseSendDataPackage, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): ResponseSendDataPackage;
    static deserializeBinaryFromReader(message: ResponseSendDataPackage, reader: jspb.BinaryReader): ResponseSendDataPackage;
}

export namespace ResponseSendDataPackage {
    export type AsObject = {
        issuccess: boolean,
        lasterror: string,
        trackingguid: string,
        datapackagecount: number,
        timestamp?: google_protobuf_timestamp_pb.Timestamp.AsObject,
    }
}

export class RequestGetDataPackage extends jspb.Message { 
    getTagname(): string;
    setTagname(value: string): RequestGetDataPackage;
    getTrackingguid(): string;
    setTrackingguid(value: string): RequestGetDataPackage;
    getAfter(): string;
    setAfter(value: string): RequestGetDataPackage;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): RequestGetDataPackage.AsObject;
    static toObject(includeInstance: boolean, msg: RequestGetDataPackage): RequestGetDataPackage.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: RequestGetDataPackage, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): RequestGetDataPackage;
    static deserializeBinaryFromReader(message: RequestGetDataPackage, reader: jspb.BinaryReader): RequestGetDataPackage;
}

export namespace RequestGetDataPackage {
    export type AsObject = {
        tagname: string,
        trackingguid: string,
        after: string,
    }
}

export class ResponseGetDataPackageStream extends jspb.Message { 
    getIssuccess(): boolean;
    setIssuccess(value: boolean): ResponseGetDataPackageStream;
    getLasterror(): string;
    setLasterror(value: string): ResponseGetDataPackageStream;
    getTrackingguid(): string;
    setTrackingguid(value: string): ResponseGetDataPackageStream;
    getTagname(): string;
    setTagname(value: string): ResponseGetDataPackageStream;
    getTagvalue(): string;
    setTagvalue(value: string): ResponseGetDataPackageStream;
    getPosition(): string;
    setPosition(value: string): ResponseGetDataPackageStream;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): ResponseGetDataPackageStream.AsObject;
    static toObject(includeInstance: boolean, msg: ResponseGetDataPackageStream): ResponseGetDataPackageStream.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: ResponseGetDataPackageStream, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): ResponseGetDataPackageStream;
    static deserializeBinaryFromReader(message: ResponseGetDataPackageStream, reader: jspb.BinaryReader): ResponseGetDataPackageStream;
}

export namespace ResponseGetDataPackageStream {
    export type AsObject = {
        issuccess: boolean,
        lasterror: string,
        trackingguid: string,
        tagname: string,
        tagvalue: string,
        position: string,
    }
}
