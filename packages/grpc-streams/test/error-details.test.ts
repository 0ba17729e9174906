import { createRequire } from 'node:module';
import { Metadata, status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { callsOf, detailsOf, errorWithDetails, statusError, unary } from '../src/index.ts';
import { ask, soon, startService } from './test-service.ts';
import { failureOf } from './wait.ts';

// What another implementation writes and reads: protobufjs, with the descriptors of google.rpc.
const { parse } = createRequire(createRequire(import.meta.url).resolve('@grpc/proto-loader'))('protobufjs') as {
  parse(proto: string): { root: { lookupType(name: string): ProtobufJsType } };
};

interface ProtobufJsType {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object): object;
}

const { root } = parse(`syntax = "proto3";
  package google.rpc;
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message BadRequest {
    message FieldViolation { string field = 1; string description = 2; }
    repeated FieldViolation field_violations = 1;
  }`);
const Status = root.lookupType('google.rpc.Status');
const BadRequest = root.lookupType('google.rpc.BadRequest');

const violation = { fieldViolations: [{ field: 'name', description: 'x'.repeat(300) }] };
const badRequest = { type: 'google.rpc.BadRequest', value: BadRequest.encode(violation).finish() };
const other = { type: 'test.Other', value: Buffer.from('other') };

test('a handler sends details, which another implementation reads, and so does this one', async () => {
  const metadata = new Metadata();
  metadata.set('mark', 'kept');
  const { client } = await startService({
    say: unary(() => {
      throw errorWithDetails(status.INVALID_ARGUMENT, 'grüße', [badRequest, other], metadata);
    }),
  });
  const error = await failureOf(callsOf(client).say(ask(1), soon()));
  expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, details: 'grüße' });
  const { metadata: trailer } = error as ReturnType<typeof statusError>;
  expect(trailer.get('mark')).toEqual(['kept']);
  expect(Status.toObject(Status.decode(trailer.get('grpc-status-details-bin')[0] as Buffer))).toEqual({
    code: status.INVALID_ARGUMENT,
    message: 'grüße',
    details: [badRequest, other].map(({ type, value }) => ({
      typeUrl: `type.googleapis.com/${type}`,
      value: Buffer.from(value),
    })),
  });
  const [first, second] = detailsOf({ metadata: trailer });
  expect(first?.type).toBe('google.rpc.BadRequest');
  expect(BadRequest.toObject(BadRequest.decode(first?.value as Uint8Array))).toEqual(violation);
  expect(second).toEqual(other);
});

test('details that another implementation wrote are read', () => {
  const sent = {
    code: 3,
    message: 'words',
    details: [{ typeUrl: 'example.com/a/google.rpc.BadRequest', value: badRequest.value }],
  };
  expect(detailsOf(withDetails(Buffer.from(Status.encode(sent).finish())))).toEqual([
    { ...badRequest, value: Buffer.from(badRequest.value) },
  ]);
});

function withDetails(bytes: Buffer): { metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', bytes);
  return { metadata };
}

test('an error without details, or with some that cannot be read, has none', () => {
  expect(detailsOf(statusError(status.ABORTED, 'words'))).toEqual([]);
  const good = Buffer.from(Status.encode({ code: 3, details: [{ value: Buffer.alloc(200) }] }).finish());
  expect(detailsOf(withDetails(good))).toHaveLength(1);
  for (let length = 0; length < good.length; length++) {
    expect(detailsOf(withDetails(good.subarray(0, length)))).toEqual([]);
  }
  expect(detailsOf(withDetails(Buffer.from([0x1a, 0xff, 0xff, 0xff, 0xff, 0xff])))).toEqual([]);
  expect(detailsOf(withDetails(Buffer.from([0x0b])))).toEqual([]);
});
