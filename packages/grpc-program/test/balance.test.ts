import { type LookupAddress, type LookupAllOptions, promises } from 'node:dns';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Server, ServerCredentials, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { skip, stopLater } from '@grpc-by-example/testing';
import { HealthImplementation } from 'grpc-health-check';
import { statusError, unary } from 'grpc-streams';
import { expect, type MockInstance, test, vi } from 'vitest';
import { isServing } from '../src/client/balance.ts';
import { connect } from '../src/client/index.ts';
import { definition, EchoClient, type Words } from './echo-service.ts';
import { runProgram, startEchoServer } from './programs.ts';
import { serve, talker } from './start.ts';

const NAMES = ['first', 'second'] as const;

/** A server that says its name. */
const named = (text: string, options: Parameters<typeof serve>[1] = {}) =>
  serve({ say: unary<Words, Words>(() => ({ text })) }, options);

/** The client of `connect` with `--balance`, which is closed after the test. */
const balanced = (address: string, options: Partial<Parameters<typeof connect>[1]> = {}) =>
  talker(connect(EchoClient, { address, balance: true, ...options }, { 'grpc.use_local_subchannel_pool': 1 }));

const addresses = (servers: readonly { port: number }[]) =>
  `ipv4:${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;

/** Who answered so many calls, in order of their names. */
async function answers({ say }: ReturnType<typeof talker>, calls: number): Promise<string> {
  const names: string[] = [];
  for (let call = 0; call < calls; call++) names.push((await say('')).text);
  return names.sort().join(' ');
}

/** Calls until both have answered: at first one of them may be the only one that is connected. */
async function untilBothAnswer({ say }: ReturnType<typeof talker>): Promise<void> {
  const heard = new Set<string>();
  while (heard.size < NAMES.length) {
    heard.add((await say('')).text);
    await delay(5);
  }
}

/** A server of plain grpc-js, with the health service of its own package, or none. */
async function plainServer(name: string, health?: HealthImplementation): Promise<{ port: number }> {
  const server = new Server();
  const say = unary<Words, Words>(() => ({ text: name }));
  server.addService(definition, { say } as UntypedServiceImplementation);
  health?.addToServer(server);
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  stopLater(() => server.forceShutdown());
  return { port };
}

test.concurrent.for([
  ['ipv4', '127.0.0.1', '127.0.0.1'],
  ['ipv6', '::1', '[::1]'],
])('calls go in turn to all addresses, %s', async ([scheme, host = '', written], context) => {
  const servers = await Promise.all(NAMES.map((name) => named(name, { host }))).catch(() =>
    skip(context, `this machine has no ${host}`),
  );
  const client = balanced(`${scheme}:${servers.map(({ port }) => `${written}:${port}`).join(',')}`);
  await untilBothAnswer(client);
  expect(await answers(client, 10)).toBe(`${'first '.repeat(5)}${'second '.repeat(5)}`.trim());
});

test.concurrent('a name stands for all of its addresses', async (context) => {
  const first = await named('first', { host: '127.0.0.1' });
  await named('second', { host: '127.0.0.2', port: first.port }).catch(() => skip(context, 'no 127.0.0.2 here'));
  const lookup = promises.lookup as (name: string, options: LookupAllOptions) => Promise<LookupAddress[]>;
  const known = [1, 2].map((last) => ({ address: `127.0.0.${last}`, family: 4 }));
  const spy = vi.spyOn(promises, 'lookup') as unknown as MockInstance<typeof lookup>;
  spy.mockImplementation(async (name, options) => (name === 'echo.example' ? known : lookup(name, options)));
  context.onTestFinished(() => spy.mockRestore());
  const client = balanced(`dns:///echo.example:${first.port}`);
  await untilBothAnswer(client);
  expect(await answers(client, 4)).toBe('first first second second');
});

test.concurrent('a server that says NOT_SERVING gets no calls, until it serves again', async () => {
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  const servers = await Promise.all([plainServer('first', health), named('second')]);
  const client = balanced(addresses(servers));
  expect(await answers(client, 10)).toBe('second '.repeat(10).trim());
  health.setStatus('', 'SERVING');
  await untilBothAnswer(client);
  health.setStatus('', 'NOT_SERVING');
  for (let last = ''; last !== 'second second second second'; last = await answers(client, 4));
  expect(await answers(client, 10)).toBe('second '.repeat(10).trim());
});

test.concurrent('where none serves, a call says so; where none is there, that', async () => {
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  const address = addresses(await Promise.all(NAMES.map((name) => plainServer(name, health))));
  await expect(balanced(address).say('')).rejects.toMatchObject({
    code: status.UNAVAILABLE,
    details: `no server at ${address} is serving`,
  });
  const nobody = 'ipv4:127.0.0.1:1,127.0.0.1:2';
  const server = { start: 'pnpm start', address: 'localhost:9090' };
  await expect(balanced(nobody, { server }).say('')).rejects.toMatchObject({
    code: status.UNAVAILABLE,
    details: `no server at ${nobody}`,
  });
});

test.concurrent('a server without a health service is taken to serve', async () => {
  const servers = await Promise.all(NAMES.map((name) => plainServer(name)));
  const client = balanced(addresses(servers));
  await untilBothAnswer(client);
  expect(await answers(client, 4)).toBe('first first second second');
});

test.concurrent('a program with --balance comes to its end', async () => {
  const servers = await Promise.all([startEchoServer(), startEchoServer()]);
  const address = `ipv4:${servers.map((server) => server.address.replace('localhost', '127.0.0.1')).join(',')}`;
  const { exit, stdout, stderr } = await runProgram('saying-client', ['--balance', '--address', address, 'hello']);
  expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: 'hello\n', stderr: '' });
});

/** A server whose method fails twice, with what a server says that stops; how often it was called. */
async function failingTwice() {
  let calls = 0;
  const say = unary<Words, Words>((words) => {
    calls += 1;
    if (calls < 3) throw statusError(status.UNAVAILABLE, 'server is shutting down');
    return words;
  });
  const { port } = await serve({ say });
  return { address: `127.0.0.1:${port}`, calls: () => calls };
}

test.concurrent.each([['/test.Echo/Say'], ['/test.Echo/']])(
  'a call is made again where that is said: %s',
  async (path) => {
    const { address, calls } = await failingTwice();
    expect(await talker(connect(EchoClient, { address, retry: [path] })).say('hello')).toEqual({ text: 'hello' });
    expect(calls()).toBe(3);
  },
);

test('the example of the README', async () => {
  const { address } = await failingTwice();
  // #region retry
  const client = connect(EchoClient, { address, balance: true, retry: ['/test.Echo/Say'] });
  // #endregion
  expect(await talker(client).say('hello')).toEqual({ text: 'hello' });
});

test.concurrent('no other call is made again', async () => {
  const { address, calls } = await failingTwice();
  const { say } = talker(connect(EchoClient, { address, retry: ['/test.Echo/Talk'] }));
  await expect(say('hello')).rejects.toMatchObject({ code: status.UNAVAILABLE });
  expect(calls()).toBe(1);
});

test('what is no path of a method is refused', () => {
  expect(() => connect(EchoClient, { address: 'localhost:1', retry: ['Say'] })).toThrow('no path of a method');
});

test.each([
  ['SERVING', [8, 1], true],
  ['NOT_SERVING', [8, 2], false],
  ['nothing', [], false],
  ['a field that is cut off', [8], false],
  ['a length beyond the end', [18, 255, 255, 3], false],
  ['a type that there is not', [15, 1], false],
])('a server whose health says %s', (_, bytes, serves) => {
  expect(isServing(Buffer.from(bytes))).toBe(serves);
});
