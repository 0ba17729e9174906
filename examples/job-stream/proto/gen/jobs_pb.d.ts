// package: jobs
// file: jobs.proto

/* tslint:disable */
/* eslint-disable */

import * as jspb from "google-protobuf";

export class JobMessage extends jspb.Message { 

    hasJob(): boolean;
    clearJob(): void;
    getJob(): Job | undefined;
    setJob(value?: Job): JobMessage;

    hasJobReply(): boolean;
    clearJobReply(): void;
    getJobReply(): JobReply | undefined;
    setJobReply(value?: JobReply): JobMessage;

    hasShutdown(): boolean;
    clearShutdown(): void;
    getShutdown(): Shutdown | undefined;
    setShutdown(value?: Shutdown): JobMessage;

    hasShutdownReply(): boolean;
    clearShutdownReply(): void;
    getShutdownReply(): ShutdownReply | undefined;
    setShutdownReply(value?: ShutdownReply): JobMessage;

    getMessageCase(): JobMessage.MessageCase;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): JobMessage.AsObject;
    static toObject(includeInstance: boolean, msg: JobMessage): JobMessage.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: JobMessage, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): JobMessage;
    static deserializeBinaryFromReader(message: JobMessage, reader: jspb.BinaryReader): JobMessage;
}

export namespace JobMessage {
    export type AsObject = {
        job?: Job.AsObject,
        jobReply?: JobReply.AsObject,
        shutdown?: Shutdown.AsObject,
        shutdownReply?: ShutdownReply.AsObject,
    }

    export enum MessageCase {
        MESSAGE_NOT_SET = 0,
        JOB = 1,
        JOB_REPLY = 2,
        SHUTDOWN = 3,
        SHUTDOWN_REPLY = 4,
    }

}

export class Job extends jspb.Message { 
    getId(): string;
    setId(value: string): Job;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): Job.AsObject;
    static toObject(includeInstance: boolean, msg: Job): Job.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: Job, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): Job;
    static deserializeBinaryFromReader(message: Job, reader: jspb.BinaryReader): Job;
}

export namespace Job {
    export type AsObject = {
        id: string,
    }
}

export class JobReply extends jspb.Message { 
    getId(): string;
    setId(value: string): JobReply;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): JobReply.AsObject;
    static toObject(includeInstance: boolean, msg: JobReply): JobReply.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: JobReply, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): JobReply;
    static deserializeBinaryFromReader(message: JobReply, reader: jspb.BinaryReader): JobReply;
}

export namespace JobReply {
    export type AsObject = {
        id: string,
    }
}

export class Shutdown extends jspb.Message { 

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): Shutdown.AsObject;
    static toObject(includeInstance: boolean, msg: Shutdown): Shutdown.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: Shutdown, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): Shutdown;
    static deserializeBinaryFromReader(message: Shutdown, reader: jspb.BinaryReader): Shutdown;
}

export namespace Shutdown {
    export type AsObject = {
    }
}

export class ShutdownReply extends jspb.Message { 
    getJobsDone(): number;
    setJobsDone(value: number): ShutdownReply;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): ShutdownReply.AsObject;
    static toObject(includeInstance: boolean, msg: ShutdownReply): ShutdownReply.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: ShutdownReply, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): ShutdownReply;
    static deserializeBinaryFromReader(message: ShutdownReply, reader: jspb.BinaryReader): ShutdownReply;
}

export namespace ShutdownReply {
    export type AsObject = {
        jobsDone: number,
    }
}
