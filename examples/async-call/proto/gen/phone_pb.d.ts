// package: grpc.testing
// file: phone.proto

/* tslint:disable */
/* eslint-disable */

import * as jspb from "google-protobuf";

export class StreamCallRequest extends jspb.Message { 
    getPhoneNumber(): string;
    setPhoneNumber(value: string): StreamCallRequest;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): StreamCallRequest.AsObject;
    static toObject(includeInstance: boolean, msg: StreamCallRequest): StreamCallRequest.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: StreamCallRequest, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): StreamCallRequest;
    static deserializeBinaryFromReader(message: StreamCallRequest, reader: jspb.BinaryReader): StreamCallRequest;
}

export namespace StreamCallRequest {
    export type AsObject = {
        phoneNumber: string,
    }
}

export class StreamCallResponse extends jspb.Message { 

    hasCallInfo(): boolean;
    clearCallInfo(): void;
    getCallInfo(): CallInfo | undefined;
    setCallInfo(value?: CallInfo): StreamCallResponse;

    hasCallState(): boolean;
    clearCallState(): void;
    getCallState(): CallState | undefined;
    setCallState(value?: CallState): StreamCallResponse;

    getStreamCallResponseCase(): StreamCallResponse.StreamCallResponseCase;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): StreamCallResponse.AsObject;
    static toObject(includeInstance: boolean, msg: StreamCallResponse): StreamCallResponse.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: StreamCallResponse, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): StreamCallResponse;
    static deserializeBinaryFromReader(message: StreamCallResponse, reader: jspb.BinaryReader): StreamCallResponse;
}

export namespace StreamCallResponse {
    export type AsObject = {
        callInfo?: CallInfo.AsObject,
        callState?: CallState.AsObject,
    }

    export enum StreamCallResponseCase {
        STREAM_CALL_RESPONSE_NOT_SET = 0,
        CALL_INFO = 1,
        CALL_STATE = 2,
    }

}

export class CallInfo extends jspb.Message { 
    getSessionId(): string;
    setSessionId(value: string): CallInfo;
    getMedia(): string;
    setMedia(value: string): CallInfo;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): CallInfo.AsObject;
    static toObject(includeInstance: boolean, msg: CallInfo): CallInfo.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: CallInfo, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): CallInfo;
    static deserializeBinaryFromReader(message: CallInfo, reader: jspb.BinaryReader): CallInfo;
}

export namespace CallInfo {
    export type AsObject = {
        sessionId: string,
        media: string,
    }
}

export class CallState extends jspb.Message { 
    getState(): CallState.State;
    setState(value: CallState.State): CallState;

    serializeBinary(): Uint8Array;
    toObject(includeInstance?: boolean): CallState.AsObject;
    static toObject(includeInstance: boolean, msg: CallState): CallState.AsObject;
    static extensions: {[key: number]: jspb.ExtensionFieldInfo<jspb.Message>};
    static extensionsBinary: {[key: number]: jspb.ExtensionFieldBinaryInfo<jspb.Message>};
    static serializeBinaryToWriter(message: CallState, writer: jspb.BinaryWriter): void;
    static deserializeBinary(bytes: Uint8Array): CallState;
    static deserializeBinaryFromReader(message: CallState, reader: jspb.BinaryReader): CallState;
}

export namespace CallState {
    export type AsObject = {
        state: CallState.State,
    }

    export enum State {
    UNDEFINED = 0,
    NEW = 1,
    ACTIVE = 6,
    ENDED = 7,
    }

}
