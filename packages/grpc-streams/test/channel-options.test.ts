import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net';
import { type ChannelOptions, status } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  callsOf,
  clientStreaming,
  KEEPALIVE,
  LARGE_MESSAGES,
  STREAMING,
  serverStreaming,
  statusError,
  unary,
  unaryCall,
} from '../src/index.ts';
import {
  type Answer,
  answer,
  ask,
  connect,
  noOpenCalls,
  soon,
  startService,
  type TestHandlers,
} from './test-service.ts';
import { all } from './wait.ts';

test('with LARGE_MESSAGES a response of more than 4 MiB arrives', async () => {
  const large = 'x'.repeat(5 * 2 ** 20);
  const handlers: Partial<TestHandlers> = { say: unary(() => answer(1, large)) };
  const say = async (channel: ChannelOptions) => {
    const { client } = await startService(handlers, { channel });
    return unaryCall<Answer>((callback) => client.say({ n: 1 }, soon(), callback));
  };
  expect((await say(LARGE_MESSAGES)).text).toHaveLength(large.length);
  await expect(say(STREAMING)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
});

const RETRY_POLICY = {
  maxAttempts: 3,
  initialBackoff: '0.01s',
  maxBackoff: '0.01s',
  backoffMultiplier: 1,
  retryableStatusCodes: ['UNAVAILABLE'],
};
const RETRIES: ChannelOptions = {
  'grpc.service_config': JSON.stringify({
    loadBalancingConfig: [],
    methodConfig: [{ name: [{ service: 'test.Test' }], retryPolicy: RETRY_POLICY }],
  }),
};

/** A service whose every method fails twice, and a client with the channel options given. */
async function failingTwice(channel: ChannelOptions) {
  let attempts = 0;
  const succeed = () => {
    if (++attempts < 3) throw statusError(status.UNAVAILABLE, 'try again');
    return answer(attempts);
  };
  const { client } = await startService(
    {
      say: unary(succeed),
      list: serverStreaming(async function* () {
        yield succeed();
      }),
      collect: clientStreaming(async (asks) => {
        await all(asks);
        return succeed();
      }),
    },
    { channel: { ...RETRIES, ...channel } },
  );
  return { client, api: callsOf(client) };
}

const KIB_100 = ask(1, 'x'.repeat(100 * 1024));

test('a call of one large request is retried with STREAMING too', async () => {
  for (const channel of [{}, STREAMING]) {
    expect(await (await failingTwice(channel)).api.say(KIB_100, soon())).toEqual(answer(3));
    expect(await all((await failingTwice(channel)).api.list(KIB_100, soon()).responses)).toEqual([answer(3)]);
  }
});

test('the price of STREAMING: a large request of plain grpc-js, or many requests, are not sent again', async () => {
  const { client } = await failingTwice(STREAMING);
  const code = await new Promise((resolve) => client.say(KIB_100, soon(), (error) => resolve(error?.code)));
  expect(code).toBe(status.UNAVAILABLE);

  const collect = (await failingTwice(STREAMING)).api.collect(soon());
  await collect.sendAll([KIB_100]);
  await expect(collect.response).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

test('a request is not kept where a program says so', async () => {
  const { api } = await failingTwice({ 'grpc.per_rpc_retry_buffer_size': 0 });
  await expect(api.say(KIB_100, soon())).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

test('with KEEPALIVE, its times shortened, a connection that went silent is noticed', async () => {
  const { address, calls } = await startService({
    talk: bidiStreaming(async function* (asks) {
      for await (const { n } of asks) yield answer(n);
    }),
  });
  const proxy = await startProxy(Number(address.split(':')[1]));
  const shortened = Object.fromEntries(Object.keys(KEEPALIVE).map((name) => [name, 2_000]));
  const client = connect(`127.0.0.1:${proxy.port}`, { ...STREAMING, ...shortened });
  onTestFinished(() => client.close());

  const talk = bidiCall(client.talk(soon()));
  await talk.send({ n: 1 });
  for await (const { n } of talk.responses) {
    expect(n).toBe(1);
    break;
  }
  const silent = bidiCall(client.talk(soon()));
  await silent.send({ n: 2 });
  proxy.goSilent();
  expect(await silent.status).toMatchObject({ code: status.UNAVAILABLE });
  proxy.close();
  await noOpenCalls(calls);
});

/** A proxy that can stop passing anything on, as a frozen peer or a cut cable does. */
async function startProxy(target: number): Promise<{ port: number; goSilent(): void; close(): void }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const onward = connectSocket(target, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    for (const end of [socket, onward]) sockets.push(end.on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  onTestFinished(close);
  const goSilent = () => {
    for (const socket of sockets) socket.unpipe().pause();
  };
  return { port: (server.address() as AddressInfo).port, goSilent, close };
}
