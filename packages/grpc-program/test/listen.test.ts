import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { skip, stopLater } from '@grpc-by-example/testing';
import { unary } from 'grpc-streams';
import { expect, type TestContext, test } from 'vitest';
import { OperatorError } from '../src/operator-error.ts';
import { listen, type Resolve } from '../src/server/listen.ts';
import { definition, type Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

const IPV4: LookupAddress = { address: '127.0.0.1', family: 4 };
const IPV6: LookupAddress = { address: '::1', family: 6 };

/** Names that a hosts file may hold; that of many a machine says 127.0.0.1 alone for localhost. */
const HOSTS = new Map<string, LookupAddress[]>([
  ['ipv4-first.test', [IPV4, IPV6]],
  ['ipv6-first.test', [IPV6, IPV4]],
  ['partly-here.test', [{ address: '203.0.113.1', family: 4 }, IPV4]],
]);

const resolve: Resolve = async (host) => HOSTS.get(host) ?? lookup(host, { all: true });

const echo = { say: unary<Words, Words>((words) => words) };

/** Listens with a service. */
async function listenOn(host: string, port = 0): Promise<{ port: number }> {
  const server = new Server();
  server.addService(definition, echo);
  stopLater(() => server.forceShutdown());
  return { port: await listen(server, host, port, ServerCredentials.createInsecure(), resolve) };
}

async function checkReached({ port }: { port: number }, ...addresses: string[]): Promise<void> {
  for (const address of addresses) {
    expect(await connect(`${address}:${port}`).say('hello')).toEqual({ text: 'hello' });
  }
}

/** Listens as another program would; rejects when the port is in use. */
async function occupy(host: string, port = 0): Promise<number> {
  const other = createServer().listen({ host, port, ipv6Only: true });
  stopLater(() => other.close());
  await once(other, 'listening');
  return (other.address() as AddressInfo).port;
}

/** The same, with a port that nobody has on the other address either: a port that is free on one may be in use there. */
async function occupyOneOf(busy: string, free: string): Promise<number> {
  for (;;) {
    const port = await occupy(busy);
    const probe = createServer().listen({ host: free, port, ipv6Only: true });
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    probe.close();
    if (isFree) return port;
  }
}

async function needIPv6(context: TestContext): Promise<void> {
  await occupy(IPV6.address).catch(() => skip(context, 'this machine has no IPv6'));
}

async function failureToListen(host: string, port: number): Promise<OperatorError> {
  const error: unknown = await listenOn(host, port).catch((error: unknown) => error);
  if (!(error instanceof OperatorError)) throw new Error('no OperatorError', { cause: error });
  expect(error.message).not.toContain('\n');
  return error;
}

test('port 0 gives the port that the server is reached on', async () => {
  const [one, other] = [await serve(echo), await serve(echo)];
  expect(one.port).toBeGreaterThan(0);
  expect(one.port).not.toBe(other.port);
  await checkReached(one, '127.0.0.1');
  await checkReached(other, '127.0.0.1');
});

test('a port that is named is the one', async () => {
  const first = await serve(echo);
  await first.stop();
  const second = await serve(echo, { port: first.port });
  expect(second.port).toBe(first.port);
  await checkReached(second, '127.0.0.1');
});

test('localhost is reached by IPv4 and by IPv6', async (context) => {
  await needIPv6(context);
  const addresses = (await lookup('localhost', { all: true })).map(({ address }) => address);
  if (!addresses.includes('::1')) skip(context, `for this machine, localhost is ${addresses} alone`);
  await checkReached(await serve(echo), '127.0.0.1', '[::1]');
});

test.for(['ipv4-first.test', 'ipv6-first.test'])('%s is reached by both of its addresses', async (host, context) => {
  await needIPv6(context);
  await checkReached(await listenOn(host), '127.0.0.1', '[::1]');
});

test.for([
  ['ipv4-first.test', '127.0.0.1', '::1'],
  ['ipv4-first.test', '::1', '127.0.0.1'],
  ['ipv6-first.test', '127.0.0.1', '::1'],
  ['ipv6-first.test', '::1', '127.0.0.1'],
] as const)('on %s, a port in use on %s alone is refused, and left free on %s', async ([host, busy, free], context) => {
  await needIPv6(context);
  const port = await occupyOneOf(busy, free);
  const { message } = await failureToListen(host, port);
  expect(message).toBe(`${host}:${port} is in use; choose another port with --port`);
  expect(await occupy(free, port)).toBe(port);
});

test('an address of the host that the machine does not have is left out', async () => {
  await checkReached(await listenOn('partly-here.test'), '127.0.0.1');
});

test('an IPv6 address is a host too, and named in brackets when its port is in use', async (context) => {
  await needIPv6(context);
  const server = await listenOn('::1');
  await checkReached(server, '[::1]');
  const { message } = await failureToListen('::1', server.port);
  expect(message).toBe(`[::1]:${server.port} is in use; choose another port with --port`);
});

test('an unknown host is an error that names it and --host', async () => {
  const { message } = await failureToListen('no-such-host.invalid', 0);
  expect(message).toMatch(/^cannot find the host no-such-host\.invalid \(\w+\); choose another one with --host$/);
});

test('an empty host is an error that names --host', async () => {
  const { message } = await failureToListen('', 0);
  expect(message).toBe('the host is empty; choose another one with --host');
});

test('an address that the machine does not have is an error that names it and --host', async () => {
  const { message } = await failureToListen('203.0.113.1', 0);
  expect(message).toBe('this machine does not have the address 203.0.113.1; choose another one with --host');
});
