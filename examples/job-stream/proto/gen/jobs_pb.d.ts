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
    getAttempt(): number;
    setAttempt(value: number): Job;
    getMore(): boolean;
    setMore(value: boolean): Job;

    hasMap(): boolean;
    clearMap(): void;
    getMap(): MapJob | undefined;
    setMap(value?: MapJob): Job;

    hasReduce(): boolean;
    clearReduce(): void;
    getReduce(): ReduceJob | undefined;
    setReduce(value?: ReduceJob): Job;

    getWorkCase(): Job.WorkCase;

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
        attempt: number,
        more: boolean,
        map?: MapJob.AsObject,
        reduce?: ReduceJob.AsObject,
    }

    export enum WorkCase {
        WORK_NOT_SET = 0,
        MAP = 4,
        REDUCE = 5,
    }

}

export class MapJob extends jspb.Message { 
    getText(): Uint8Array | string;
    getText_asU8(): Uint8Array;
    getText_asB64(): string;
    setText(value: Uint8Array | string): MapJob;
    getPartitions(): number;
    setPartitions(value: number): MapJob;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): MapJob.AsObject;
    static toObject(includeInstance: boolean, msg: MapJob): MapJob.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: MapJob, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): MapJob;
    static deserializeBinaryFromReader(message: MapJob, reader: jspb.BinaryReader): MapJob;
}

export namespace MapJob {
    export type AsObject = {
        text: Uint8Array | string,
        partitions: number,
    }
}

export class ReduceJob extends jspb.Message { 
    clearCountsList(): void;
    getCountsList(): Array<Uint8Array | string>;
    getCountsList_asU8(): Array<Uint8Array>;
    getCountsList_asB64(): Array<string>;
    setCountsList(value: Array<Uint8Array | string>): ReduceJob;
    addCounts(value: Uint8Array | string, index?: number): Uint8Array | string;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): ReduceJob.AsObject;
    static toObject(includeInstance: boolean, msg: ReduceJob): ReduceJob.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: ReduceJob, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): ReduceJob;
    static deserializeBinaryFromReader(message: ReduceJob, reader: jspb.BinaryReader): ReduceJob;
}

export namespace ReduceJob {
    export type AsObject = {
        countsList: Array<Uint8Array | string>,
    }
}

export class JobReply extends jspb.Message { 
    getId(): string;
    setId(value: string): JobReply;
    getAttempt(): number;
    setAttempt(value: number): JobReply;
    getMore(): boolean;
    setMore(value: boolean): JobReply;

    hasMap(): boolean;
    clearMap(): void;
    getMap(): MapResult | undefined;
    setMap(value?: MapResult): JobReply;

    hasReduce(): boolean;
    clearReduce(): void;
    getReduce(): ReduceResult | undefined;
    setReduce(value?: ReduceResult): JobReply;

    hasFailure(): boolean;
    clearFailure(): void;
    getFailure(): string;
    setFailure(value: string): JobReply;

    getOutcomeCase(): JobReply.OutcomeCase;

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
        attempt: number,
        more: boolean,
        map?: MapResult.AsObject,
        reduce?: ReduceResult.AsObject,
        failure: string,
    }

    export enum OutcomeCase {
        OUTCOME_NOT_SET = 0,
        MAP = 4,
        REDUCE = 5,
        FAILURE = 6,
    }

}

export class MapResult extends jspb.Message { 
    clearPartitionsList(): void;
    getPartitionsList(): Array<Uint8Array | string>;
    getPartitionsList_asU8(): Array<Uint8Array>;
    getPartitionsList_asB64(): Array<string>;
    setPartitionsList(value: Array<Uint8Array | string>): MapResult;
    addPartitions(value: Uint8Array | string, index?: number): Uint8Array | string;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): MapResult.AsObject;
    static toObject(includeInstance: boolean, msg: MapResult): MapResult.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: MapResult, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): MapResult;
    static deserializeBinaryFromReader(message: MapResult, reader: jspb.BinaryReader): MapResult;
}

export namespace MapResult {
    export type AsObject = {
        partitionsList: Array<Uint8Array | string>,
    }
}

export class ReduceResult extends jspb.Message { 

    hasCounts(): boolean;
    clearCounts(): void;
    getCounts(): WordCounts | undefined;
    setCounts(value?: WordCounts): ReduceResult;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): ReduceResult.AsObject;
    static toObject(includeInstance: boolean, msg: ReduceResult): ReduceResult.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: ReduceResult, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): ReduceResult;
    static deserializeBinaryFromReader(message: ReduceResult, reader: jspb.BinaryReader): ReduceResult;
}

export namespace ReduceResult {
    export type AsObject = {
        counts?: WordCounts.AsObject,
    }
}

export class WordCounts extends jspb.Message { 
    clearWordsList(): void;
    getWordsList(): Array<string>;
    setWordsList(value: Array<string>): WordCounts;
    addWords(value: string, index?: number): string;
    clearCountsList(): void;
    getCountsList(): Array<number>;
    setCountsList(value: Array<number>): WordCounts;
    addCounts(value: number, index?: number): number;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): WordCounts.AsObject;
    static toObject(includeInstance: boolean, msg: WordCounts): WordCounts.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: WordCounts, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): WordCounts;
    static deserializeBinaryFromReader(message: WordCounts, reader: jspb.BinaryReader): WordCounts;
}

export namespace WordCounts {
    export type AsObject = {
        wordsList: Array<string>,
        countsList: Array<number>,
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
