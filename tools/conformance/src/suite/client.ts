// The client under test, started by the suite: `client.mjs ours|grpc-js`. It is told on stdin which calls to make.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChannelOptions, Client, compressionAlgorithms, credentials } from '@grpc/grpc-js';
import { connect } from 'grpc-program/client';
import { type ClientRequest, GZIP } from './client-request.ts';
import { invoke } from './invoke.ts';
import { readDelimited, writeDelimited } from './messages.ts';
import { plainInvoke } from './plain-invoke.ts';

/** The suite waits without end for a client that does not answer. */
const HANGS_MS = 10_000;
const AT_ONCE = 4;

const isOurs = process.argv[2] === 'ours';
const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
let files = 0;

function fileOf(pem: Uint8Array): string {
  const path = join(folder, `${++files}.pem`);
  writeFileSync(path, pem);
  return path;
}

function clientFor({
  host,
  port,
  compression,
  message_receive_limit,
  server_tls_cert: ca,
  client_tls_creds: pair,
}: ClientRequest): Client {
  const address = `${host}:${port}`;
  const options: ChannelOptions = {
    ...(compression === GZIP && { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }),
    ...(message_receive_limit > 0 && { 'grpc.max_receive_message_length': message_receive_limit }),
  };
  if (isOurs) {
    const tls = {
      ...(ca.length > 0 && { tlsCa: fileOf(ca) }),
      ...(pair && { tlsCert: fileOf(pair.cert), tlsKey: fileOf(pair.key) }),
    };
    return connect(Client, { address, ...tls }, options);
  }
  const { cert, key } = pair ?? {};
  const tls =
    ca.length > 0 &&
    credentials.createSsl(Buffer.from(ca), key ? Buffer.from(key) : null, cert ? Buffer.from(cert) : null);
  return new Client(address, tls || credentials.createInsecure(), options);
}

async function answer(request: ClientRequest): Promise<void> {
  const { test_name } = request;
  const client = clientFor(request);
  const hung = delay(HANGS_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('the call hangs')));
  try {
    const response = await Promise.race([(isOurs ? invoke : plainInvoke)(client, request), hung]);
    writeDelimited('ClientCompatResponse', { test_name, response });
  } catch (error) {
    writeDelimited('ClientCompatResponse', { test_name, error: { message: (error as Error).message } });
  } finally {
    client.close();
  }
}

const running = new Set<Promise<void>>();
for await (const request of readDelimited<ClientRequest>(process.stdin, 'ClientCompatRequest')) {
  const work: Promise<void> = answer(request).finally(() => running.delete(work));
  running.add(work);
  if (running.size >= AT_ONCE) await Promise.race(running);
}
await Promise.all(running);
rmSync(folder, { recursive: true });
process.exit(); // a plain client that hangs keeps its call
