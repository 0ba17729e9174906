import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenInSilence, stopLater } from '@grpc-by-example/testing';
import { describe, expect, test } from 'vitest';
import { proxyFor } from '../src/client/proxy.ts';
import { runProgram, startEchoServer, startProgram } from './programs.ts';

const PROXY = 'http://user:secret@proxy.example:3128';
const NAMED = 'the proxy of http_proxy, proxy.example:3128';

describe('the proxy of an address', () => {
  test.each([
    'localhost:9090',
    'LOCALHOST:9090',
    'dns:///localhost:9090',
    'dns:localhost',
    'some.localhost:1',
    '127.0.0.1:9090',
    '127.8.7.6:9090',
    'ipv4:127.0.0.1:9090',
    '[::1]:9090',
    'ipv6:[::1]:9090',
    'unix:/run/chat.sock',
    'unix:chat.sock',
    'ipv4:127.0.0.1:9090,127.0.0.1:9190',
    'ipv4:10.1.2.3:443,10.1.2.4:443', // it could be asked for one of them alone
  ])('is none for %s', (address) => {
    for (const name of ['grpc_proxy', 'https_proxy', 'http_proxy']) {
      expect(proxyFor(address, { [name]: PROXY })).toBeUndefined();
    }
  });

  test.each([
    'server.example:443',
    'dns:///server.example:443',
    '10.1.2.3:443',
    '[2001:db8::1]:443',
    'localhost.example:1',
  ])('is that of the environment for %s, without its password', (address) => {
    expect(proxyFor(address, { http_proxy: PROXY })).toBe(NAMED);
    expect(proxyFor(address, {})).toBeUndefined();
    expect(proxyFor(address, { http_proxy: 'https://proxy.example' })).toBeUndefined(); // grpc-js knows no such proxy
  });

  test.each([
    ['server.example:443', 'server.example'],
    ['server.example:443', 'other.example, server.example'],
    ['server.example:443', 'example'],
    ['server.example:443', '.example'],
    ['SERVER.example:443', '*.example'],
    ['server.example:443', '*'],
    ['10.1.2.3:443', '10.0.0.0/8'],
    ['10.1.2.3:443', '10.1.2.3'],
    ['[2001:db8::1]:443', '2001:db8::/32'],
  ])('is none for %s, where no_proxy or NO_PROXY says %s', (address, exceptions) => {
    for (const name of ['no_grpc_proxy', 'no_proxy', 'NO_PROXY']) {
      expect(proxyFor(address, { http_proxy: PROXY, [name]: exceptions })).toBeUndefined();
    }
  });

  test.each([
    ['server.example:443', 'rver.example'],
    ['server.example:443', ''],
    ['11.1.2.3:443', '10.0.0.0/8'],
  ])('is there for %s, where NO_PROXY says %s', (address, exceptions) => {
    expect(proxyFor(address, { http_proxy: PROXY, NO_PROXY: exceptions })).toBe(NAMED);
  });
});

/** A proxy that refuses. */
async function refusingProxy(): Promise<string> {
  const server = createServer();
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stopLater(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.concurrent('a client talks to a server on this machine, whatever proxy the environment names', async () => {
  const [{ address }, { address: silent }] = await Promise.all([startEchoServer(), listenInSilence()]);
  const env = { http_proxy: `http://${silent}`, https_proxy: `http://${silent}`, grpc_proxy: `http://${silent}` };
  const client = startProgram('echo-client', ['--address', address, 'hello'], { env });
  await client.prints(/^hello\n/);
  client.signal('SIGINT');
  expect(await client.ended).toBe(0);
});

test.concurrent('a proxy that refuses is named', async () => {
  const proxy = await refusingProxy();
  const args = ['--address', 'server.invalid:443', 'hello'];
  const { exit, stderr } = await runProgram('echo-client', args, { env: { http_proxy: `http://${proxy}` } });
  expect(exit).toBe(1);
  expect(stderr).toContain(
    `Error: UNAVAILABLE: no connection to server.invalid:443 through the proxy of http_proxy, ${proxy}`,
  );
});
