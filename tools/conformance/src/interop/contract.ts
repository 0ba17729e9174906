import type { ServiceDefinition } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

/** What the tests need of grpc/testing/test.proto, by the same names and numbers. */
const CONTRACT = `
  syntax = "proto3";
  package grpc.testing;

  message Empty {}
  message BoolValue { bool value = 1; }
  message Payload { int32 type = 1; bytes body = 2; }
  message EchoStatus { int32 code = 1; string message = 2; }
  message SimpleRequest {
    int32 response_type = 1;
    int32 response_size = 2;
    Payload payload = 3;
    BoolValue response_compressed = 6;
    EchoStatus response_status = 7;
    BoolValue expect_compressed = 8;
    bool fill_server_id = 9;
  }
  message SimpleResponse { Payload payload = 1; string server_id = 4; }
  message StreamingInputCallRequest { Payload payload = 1; BoolValue expect_compressed = 2; }
  message StreamingInputCallResponse { int32 aggregated_payload_size = 1; }
  message ResponseParameters { int32 size = 1; int32 interval_us = 2; BoolValue compressed = 3; }
  message StreamingOutputCallRequest {
    int32 response_type = 1;
    repeated ResponseParameters response_parameters = 2;
    Payload payload = 3;
    EchoStatus response_status = 7;
  }
  message StreamingOutputCallResponse { Payload payload = 1; }

  service TestService {
    rpc EmptyCall(Empty) returns (Empty);
    rpc UnaryCall(SimpleRequest) returns (SimpleResponse);
    rpc StreamingOutputCall(StreamingOutputCallRequest) returns (stream StreamingOutputCallResponse);
    rpc StreamingInputCall(stream StreamingInputCallRequest) returns (StreamingInputCallResponse);
    rpc FullDuplexCall(stream StreamingOutputCallRequest) returns (stream StreamingOutputCallResponse);
    rpc HalfDuplexCall(stream StreamingOutputCallRequest) returns (stream StreamingOutputCallResponse);
    rpc UnimplementedCall(Empty) returns (Empty);
  }
  service UnimplementedService { rpc UnimplementedCall(Empty) returns (Empty); }
`;

const { root } = protobuf.parse(CONTRACT);

function definitionOf(service: string): ServiceDefinition {
  const methods = Object.entries(root.lookupService(service).methods).map(([name, method]) => {
    method.resolve();
    const { resolvedRequestType: request, resolvedResponseType: response } = method;
    if (!request || !response) throw new Error(`${name} has no types`);
    const definition = {
      path: `/${service}/${name}`,
      requestStream: method.requestStream ?? false,
      responseStream: method.responseStream ?? false,
      requestSerialize: (message: object) => Buffer.from(request.encode(message).finish()),
      requestDeserialize: (bytes: Buffer): object => request.decode(bytes),
      responseSerialize: (message: object) => Buffer.from(response.encode(message).finish()),
      responseDeserialize: (bytes: Buffer): object => response.decode(bytes),
    };
    return [`${name[0]?.toLowerCase()}${name.slice(1)}`, definition] as const;
  });
  return Object.fromEntries(methods);
}

/** What ours is asked for; a test of it is that the last method is not there. */
const { unimplementedCall, ...served } = definitionOf('grpc.testing.TestService');
export const servedMethods: ServiceDefinition = served;
export const testService: ServiceDefinition = { ...served, ...(unimplementedCall && { unimplementedCall }) };
export const unimplementedService = definitionOf('grpc.testing.UnimplementedService');

export interface Payload {
  readonly body: Uint8Array;
}
export interface EchoStatus {
  readonly code: number;
  readonly message: string;
}
export interface SimpleRequest {
  readonly responseSize: number;
  readonly fillServerId: boolean;
  readonly responseStatus?: EchoStatus;
}
export interface InputRequest {
  readonly payload?: Payload;
}
export interface OutputRequest {
  readonly responseParameters: readonly { readonly size: number; readonly intervalUs: number }[];
  readonly responseStatus?: EchoStatus;
}
export interface OutputResponse {
  readonly payload?: Payload;
}
export interface InputResponse {
  readonly aggregatedPayloadSize: number;
}

export const ECHO_INITIAL = 'x-grpc-test-echo-initial';
export const ECHO_TRAILING = 'x-grpc-test-echo-trailing-bin';
