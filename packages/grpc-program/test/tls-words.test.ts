import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { asArguments, newAuthority } from './certificates.ts';
import { clientLine } from './faults/fault.ts';
import { logLines, runProgram, startEchoServer } from './programs.ts';

// What else can be wrong with TLS is in the table of the faults.

test.concurrent('a client refuses to start with an expired certificate', async () => {
  const { client, tlsCa } = await newAuthority();
  const pair = await client({ until: new Date(Date.UTC(2026, 0, 31)) });
  expect(await runProgram('echo-client', asArguments({ ...pair, tlsCa }))).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: the certificate ${pair.tlsCert} expired on Jan 31 00:00:00 2026 GMT\n`,
  });
});

test.concurrent('a certificate that expires while the server runs is one line on both sides', async () => {
  const { server, tlsCa } = await newAuthority();
  const { program, address } = await startedBeforeExpiry(server);
  expect(await clientLine(['--address', address, '--tls-ca', tlsCa, 'hello'])).toBe(
    'UNAVAILABLE: the certificate of the server has expired',
  );
  await until(() => logLines(program).length > 0);
  const line = {
    level: 'warn',
    msg: 'TLS: the client hung up during the handshake; it may not trust the certificate of this server',
  };
  // Where a handshake takes a second, the client has tried again by now.
  for (const told of logLines(program)) expect(told).toMatchObject(line);
});

/** The record of a fatal alert: what a client of another language sends that does not like what it has seen. */
const alert = (description: number) => Buffer.of(21, 3, 3, 0, 2, 2, description);

test.concurrent.each([
  [
    42,
    'the client rejects the certificate of this server: it does not trust its CA, or calls the server by another name',
  ],
  [48, 'the client does not trust the CA of this server'],
  [80, 'the handshake failed: .*alert internal error'],
])('alert %i of a client is told in words', async (description, words) => {
  const { server } = await newAuthority();
  const { program, address } = await startEchoServer(asArguments(await server()));
  const [, port] = address.split(':');
  // To one address, and not to the next one when that takes long: the server would tell of both.
  const socket = connect({ host: 'localhost', port: Number(port), autoSelectFamily: false }).on('error', () => {});
  const hello = new Duplex({
    read() {},
    write(chunk, _, done) {
      socket.write(chunk, done);
    },
  });
  connectTls({ socket: hello, maxVersion: 'TLSv1.2' }).on('error', () => {});
  socket.once('data', () => socket.write(alert(description)));
  await until(() => logLines(program).length === 1);
  hello.destroy();
  socket.destroy();
  expect(logLines(program)).toMatchObject([{ level: 'warn', msg: expect.stringMatching(`^TLS: ${words}$`) }]);
});

/** A server that runs with a certificate that has just expired. */
async function startedBeforeExpiry(
  newPair: Awaited<ReturnType<typeof newAuthority>>['server'],
  lifeMs = 2_000,
): ReturnType<typeof startEchoServer> {
  const end = Date.now() + lifeMs;
  const args = asArguments(await newPair({ until: new Date(end) }));
  const started = await startEchoServer(args).catch(() => undefined);
  // On a busy machine it had expired before the server read it.
  if (!started) return startedBeforeExpiry(newPair, lifeMs * 2);
  await until(() => Date.now() > end + 1_000); // certificates count in seconds
  return started;
}
