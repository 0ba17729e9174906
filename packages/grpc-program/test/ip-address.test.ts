import { status } from '@grpc/grpc-js';
import { skip } from '@grpc-by-example/testing';
import { unary } from 'grpc-streams';
import { expect, type TestContext, test } from 'vitest';
import { connect } from '../src/client/index.ts';
import { ipsOf } from '../src/client/server-name.ts';
import { serverCredentials } from '../src/server/server-credentials.ts';
import { newAuthority } from './certificates.ts';
import { EchoClient, type Words } from './echo-service.ts';
import { serve, talker } from './start.ts';

const echo = { say: unary<Words, Words>((words) => words) };

const authority = await newAuthority();

/** Calls by TLS, as a client program makes them, to a server at this address whose certificate is for these names. */
async function callsTo(ip: string, target: (port: number) => string, names: string[], context: TestContext) {
  const credentials = serverCredentials(await authority.server({ names }));
  const { port } = await serve(echo, { host: ip, credentials }).catch(() => skip(context, `this machine has no ${ip}`));
  return talker(connect(EchoClient, { address: target(port), tlsCa: authority.tlsCa }));
}

const TARGETS = [
  ['127.0.0.1', '127.0.0.2', (port: number) => `127.0.0.1:${port}`],
  ['127.0.0.1', '127.0.0.2', (port: number) => `ipv4:127.0.0.1:${port}`],
  ['127.0.0.1', '127.0.0.2', (port: number) => `ipv4:127.0.0.3:1,127.0.0.1:${port}`],
  ['::1', '::2', (port: number) => `[::1]:${port}`],
] as const;

test.concurrent.for(TARGETS)('a certificate for the address %s is taken', async ([ip, , target], context) => {
  const { say } = await callsTo(ip, target, [ip], context);
  expect(await say('hello')).toEqual({ text: 'hello' });
});

test.concurrent.for(TARGETS)('one that is not for the address %s is refused', async ([ip, other, target], context) => {
  const { say } = await callsTo(ip, target, ['localhost', 'ip-address.invalid', other], context);
  await expect(say('hello')).rejects.toMatchObject({
    code: status.UNAVAILABLE,
    details: expect.stringMatching(/^the certificate of the server is for other names; /),
  });
});

test.each([
  ['127.0.0.1:9090', ['127.0.0.1']],
  ['[::1]:9090', ['::1']],
  ['ipv4:127.0.0.1:9090,127.0.0.2:9090', ['127.0.0.1', '127.0.0.2']],
  ['ipv6:[::1]:9090', ['::1']],
  ['dns:127.0.0.1', ['127.0.0.1']],
  ['dns://8.8.8.8/127.0.0.1:9090', ['127.0.0.1']],
  ['localhost:9090', []],
  ['dns:localhost:9090', []],
  ['127.0.0.1.example:9090', []],
  ['unix:/run/127.0.0.1:9090', []],
])('the IP addresses in %s are %s', (address, ips) => {
  expect(ipsOf(address)).toEqual(ips);
});
