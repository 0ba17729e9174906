import { contractDigest } from 'run-typescript/stale-code';
import { expect, test } from 'vitest';
import { exportsOf } from '../src/exports.ts';

const CONTRACT = `syntax = "proto3";

package price.feed;

import "google/protobuf/timestamp.proto";

service PriceFeed { rpc watch (WatchRequest) returns (stream Price); }
enum Unit { PIECE = 0; }
message WatchRequest {}
message Price { message Part {} google.protobuf.Timestamp at = 1; Unit unit = 2; }
`;

test('a proto package exports its services, what no message holds, and the types of google that it uses', () => {
  const files = exportsOf(CONTRACT, 'price_feed.proto');
  const names = [...files['index.js'].matchAll(/^exports\.(\w+) = require\('(.*)'\)\.\1;$/gm)].map(([, name, from]) => [
    name,
    from,
  ]);
  expect(names).toEqual(
    [
      ['Timestamp', 'google-protobuf/google/protobuf/timestamp_pb.js'],
      ['PriceFeedService', './price_feed_grpc_pb.js'],
      ['PriceFeedClient', './price_feed_grpc_pb.js'],
      ['Unit', './price_feed_pb.js'],
      ['WatchRequest', './price_feed_pb.js'],
      ['Price', './price_feed_pb.js'],
    ].sort((a, b) => Number(a[1]?.includes('grpc')) - Number(b[1]?.includes('grpc'))),
  );
  expect(files['index.d.ts']).toContain(
    "export { type IPriceFeedServer, PriceFeedService, PriceFeedClient } from './price_feed_grpc_pb';",
  );
});

test.each([
  ['a comment', CONTRACT.replace('service', '// the prices\nservice')],
  ['spaces', CONTRACT.replaceAll(' (', '(').replaceAll('\n', '\r\n')],
])('%s more or less make no other contract', (_, contract) => {
  expect(contractDigest(contract)).toBe(contractDigest(CONTRACT));
});

test.each([
  ['a field number', CONTRACT.replace('unit = 2', 'unit = 3')],
  ['a name', CONTRACT.replace('watch', 'listen')],
  ['a stream', CONTRACT.replace('returns (stream ', 'returns (')],
])('another %s is another contract', (_, contract) => {
  expect(contractDigest(contract)).not.toBe(contractDigest(CONTRACT));
});
