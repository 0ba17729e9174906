import { createRequire } from 'node:module';
import { peerOf } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { disagreements } from '../src/disagreements.ts';

// Code that protoc generated and that google-protobuf ships.
const exported = createRequire(import.meta.url)('google-protobuf/google/protobuf/timestamp_pb.js');

const timestamp = (fields: string) => `syntax = "proto3"; message Timestamp { ${fields} }`;

test('the right .proto file agrees', () => {
  expect(disagreements(timestamp('int64 seconds = 1; int32 nanos = 2;'), exported)).toEqual([]);
});

test.each([
  ['another field number', 'int64 seconds = 1; int32 nanos = 3;'],
  ['another field name', 'int64 seconds = 1; int32 nanoseconds = 2;'],
  ['another type', 'int64 seconds = 1; sint32 nanos = 2;'],
  ['another sign', 'int64 seconds = 1; uint32 nanos = 2;'],
  ['a field more', 'int64 seconds = 1; int32 nanos = 2; string zone = 3;'],
  ['a repeated field', 'int64 seconds = 1; repeated int32 nanos = 2;'],
])('%s is found', (_, fields) => {
  expect(disagreements(timestamp(fields), exported)).toHaveLength(1);
});

test('a service or message that is not generated is found', () => {
  const text = `${timestamp('int64 seconds = 1; int32 nanos = 2;')} service Clock { rpc Now (Timestamp) returns (Timestamp); }`;
  expect(disagreements(text, exported)).toEqual(['service Clock is not generated']);
  expect(disagreements('syntax = "proto3"; message Instant { int64 at = 1; }', exported)).toEqual([
    'message Instant is not generated',
  ]);
});

test('the types of Google are there, also beside @grpc/proto-loader, which adds some to the common ones', () => {
  peerOf('syntax = "proto3"; service Empty {}', 'Empty'); // loads it
  const text = `import "google/protobuf/wrappers.proto"; service Clock { rpc Now (google.protobuf.StringValue) returns (Lost); }`;
  expect(() => disagreements(`syntax = "proto3"; ${text} message Lost {}`, exported)).not.toThrow();
});
