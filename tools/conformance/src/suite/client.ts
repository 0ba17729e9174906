// The client under test, started by the suite: `client.mjs ours|grpc-js|nice-grpc|connect-node`. It is told on stdin which calls to make.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type ChannelOptions, Client, compressionAlgorithms, credentials } from '@grpc/grpc-js';
import { connect } from 'grpc-program/client';
import { type CallResult, type ClientRequest, GZIP } from './client-request.ts';
import { connectClient } from './connect-node.ts';
import { invoke } from './invoke.ts';
import { readDelimited, writeDelimited } from './messages.ts';
import { niceClient } from './nice-grpc.ts';
import { plainInvoke } from './plain-invoke.ts';
import { promiseInvoke } from './promise-invoke.ts';

/** The suite waits without end for a client that does not answer. */
const HANGS_MS = 10_000;
const AT_ONCE = 4;

const library = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
let files = 0;

function fileOf(pem: Uint8Array): string {
  const path = join(folder, `${++files}.pem`);
  writeFileSync(path, pem);
  return path;
}

/** Makes a call by the library under test; `close` is called when it has ended, or hangs. */
function prepare(request: ClientRequest): { call: () => Promise<CallResult>; close: () => void } {
  const { host, port, compression, message_receive_limit, server_tls_cert: ca, client_tls_creds: pair } = request;
  const address = `${host}:${port}`;
  const options: ChannelOptions = {
    ...(compression === GZIP && { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }),
    ...(message_receive_limit > 0 && { 'grpc.max_receive_message_length': message_receive_limit }),
  };
  if (library === 'ours') {
    const tls = {
      ...(ca.length > 0 && { tlsCa: fileOf(ca) }),
      ...(pair && { tlsCert: fileOf(pair.cert), tlsKey: fileOf(pair.key) }),
    };
    const client = connect(Client, { address, ...tls }, options);
    const call = async () => {
      // The suite allows 500 ms between the deadline that it sets and what the server is told is left. Connecting is no
      // part of what it tests, and takes longer on a machine that stalls.
      await promisify(client.waitForReady.bind(client))(Date.now() + HANGS_MS);
      return invoke(client, request);
    };
    return { call, close: () => client.close() };
  }
  const tls =
    ca.length > 0
      ? { ca: Buffer.from(ca), ...(pair && { cert: Buffer.from(pair.cert), key: Buffer.from(pair.key) }) }
      : undefined;
  if (library === 'connect-node') {
    const how = { isGzip: compression === GZIP, receiveLimit: message_receive_limit };
    return { call: () => promiseInvoke(connectClient(address, tls, how), request), close() {} };
  }
  const channelCredentials = tls
    ? credentials.createSsl(tls.ca, tls.key ?? null, tls.cert ?? null)
    : credentials.createInsecure();
  if (library === 'nice-grpc') {
    const client = niceClient(address, channelCredentials, options);
    return { call: () => promiseInvoke(client, request), close: client.close };
  }
  const client = new Client(address, channelCredentials, options);
  return { call: () => plainInvoke(client, request), close: () => client.close() };
}

async function answer(request: ClientRequest): Promise<void> {
  const { test_name } = request;
  const { call, close } = prepare(request);
  const hung = delay(HANGS_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('the call hangs')));
  try {
    const response = await Promise.race([call(), hung]);
    writeDelimited('ClientCompatResponse', { test_name, response });
  } catch (error) {
    writeDelimited('ClientCompatResponse', { test_name, error: { message: (error as Error).message } });
  } finally {
    close();
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
