import { once } from 'node:events';
import { constants, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { stopLater } from '@grpc-by-example/testing';
import { JobMessage, Shutdown } from 'job-proto';
import { expect, test } from 'vitest';
import { program } from './start.ts';

function frameOf(message: JobMessage): Buffer {
  const bytes = message.serializeBinary();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** A master that closes the first connection as stock servers do over pings, and is content with the second. */
async function touchyMaster(): Promise<string> {
  let sessions = 0;
  const server = createServer();
  server.on('session', () => ++sessions);
  server.on('stream', (stream) => {
    stream.on('error', () => {}).resume();
    if (sessions === 1) {
      stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, stream.id, Buffer.from('too_many_pings'));
      setImmediate(() => stream.session?.destroy());
      return;
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.write(frameOf(new JobMessage().setShutdown(new Shutdown())));
    stream.on('end', () => stream.end());
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stopLater(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a worker whose pings are too many for the master says so, and comes back', async () => {
  const worker = program.start(await touchyMaster());
  expect(await worker.ended).toBe(0);
  expect(worker.stdout.split('\n')).toEqual([
    expect.stringMatching(
      /^the master is away \(UNAVAILABLE: .* fewer keepalive pings.*\); retrying until it is back$/,
    ),
    'connected to the master',
    'shut down after 0 jobs',
    '',
  ]);
});
