import { connect as connectHttp2, constants } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { soon, stopLater, until } from '@grpc-by-example/testing';
import { bidiStreaming, statusError, unary } from 'grpc-streams';
import { expect, test, vi } from 'vitest';
import type { EndedCall, StartServerOptions } from '../src/server/index.ts';
import type { NamedCall } from '../src/server/start-server.ts';
import type { EchoHandlers, Words } from './echo-service.ts';
import { logLines, startEchoServer } from './programs.ts';
import { connect, named, serve } from './start.ts';

const echo: EchoHandlers = {
  say: unary<Words, Words>((words) => words),
  talk: bidiStreaming<Words, Words>(async function* (words) {
    yield* words;
  }),
};

async function watched(handlers: EchoHandlers, options: StartServerOptions = {}) {
  const ended: EndedCall[] = [];
  const server = await serve(handlers, { ...options, onCallEnd: (call) => ended.push(call), maxMessageMib: 1 });
  return {
    server,
    ...connect(server, undefined, { 'grpc.max_send_message_length': -1 }),
    /** What is told of the only call. */
    async end(): Promise<EndedCall> {
      await until(() => ended.length > 0);
      expect(ended).toHaveLength(1);
      return ended[0] as EndedCall;
    },
  };
}

test.concurrent('each call is one JSON line on stderr', async () => {
  const { program, address } = await startEchoServer();
  const { say, talk } = connect(address);
  await say('hello');
  const conversation = talk();
  conversation.send({ text: '1' }, { text: '2' });
  await conversation.received(2);
  conversation.call.end();
  await conversation.status;
  await until(() => logLines(program).length === 2);
  expect(program.stderr.split('\n')).toHaveLength(3); // with what is after the last line end
  const common = {
    level: 'info',
    time: expect.any(Number),
    id: expect.stringMatching(/^\d+-\d+$/),
    peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    status: 'OK',
    milliseconds: expect.any(Number),
    msg: 'call ended',
  };
  expect(logLines(program)).toEqual([
    { ...common, method: '/test.Echo/Say', received: 1, sent: 1 },
    { ...common, method: '/test.Echo/Talk', received: 2, sent: 2 },
  ]);
  const [one, other] = logLines(program);
  expect(one?.id).not.toBe(other?.id);
});

test.concurrent('--log-level warn is silent about calls, and tells of handlers that fail', async () => {
  const { program, address } = await startEchoServer(['--log-level', 'warn']);
  const { say } = connect(address);
  await say('hello');
  await expect(say('fail')).rejects.toMatchObject({ code: status.UNKNOWN });
  await until(() => logLines(program).length > 0);
  expect(logLines(program).map(({ msg }) => msg)).toEqual(['the handler failed']);
});

test.concurrent('what a handler throws is logged, and kept from the client', async () => {
  const { program, address } = await startEchoServer();
  const { say, talk } = connect(address);
  const failure = { code: status.UNKNOWN, details: expect.not.stringContaining('1234') };
  await expect(say('fail', named('order 66'))).rejects.toMatchObject(failure);
  const conversation = talk(named('order 67'));
  conversation.send({ text: 'fail' });
  expect(await conversation.status).toMatchObject(failure);
  await until(() => logLines(program).length === 4);
  for (const [id, method] of [
    ['order 66', '/test.Echo/Say'],
    ['order 67', '/test.Echo/Talk'],
  ]) {
    expect(logLines(program).filter((line) => line.id === id)).toMatchObject([
      {
        level: 'error',
        method,
        err: { message: 'the password is 1234', stack: expect.stringContaining('echo-server') },
        msg: 'the handler failed',
      },
      { level: 'info', method, status: 'UNKNOWN' },
    ]);
  }
});

test.concurrent('a status that a handler throws is told as it is', async () => {
  const onHandlerError = vi.fn();
  const say404 = unary<Words, Words>(() => {
    throw statusError(status.NOT_FOUND, 'no such word');
  });
  const { say, end } = await watched({ say: say404 }, { onHandlerError });
  await expect(say('hello')).rejects.toMatchObject({ code: status.NOT_FOUND, details: 'no such word' });
  expect(await end()).toMatchObject({ status: 'NOT_FOUND', received: 1, sent: 0 });
  expect(onHandlerError).not.toHaveBeenCalled();
});

test.concurrent('a call that the client cancels is CANCELLED', async () => {
  const { talk, end } = await watched({
    talk: bidiStreaming<Words, Words>(async function* () {
      yield { text: 'hello' };
      await new Promise(() => {});
    }),
  });
  const conversation = talk();
  await conversation.received(1);
  conversation.call.cancel();
  expect(await end()).toMatchObject({ status: 'CANCELLED', received: 0, sent: 1 });
});

test.concurrent('the statuses that grpc-js sends by itself are told: a request that is too large', async () => {
  const { say, end } = await watched(echo);
  await expect(say('x'.repeat(2 ** 20 + 1))).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  expect(await end()).toMatchObject({ status: 'RESOURCE_EXHAUSTED', received: 0, sent: 0 });
});

test.concurrent('the statuses that grpc-js sends by itself are told: a request that cannot be read', async () => {
  const { client, end } = await watched(echo);
  const asking = new Promise((resolve) =>
    client.makeUnaryRequest(
      '/test.Echo/Say',
      (bytes: Buffer) => bytes,
      (bytes) => bytes,
      Buffer.from([0xff, 0xff]),
      soon(),
      resolve,
    ),
  );
  expect(await asking).toMatchObject({ code: status.INVALID_ARGUMENT });
  expect(await end()).toMatchObject({ status: 'INVALID_ARGUMENT', sent: 0 });
});

test.concurrent('a handler that runs on after its call is told once, and counted until it ends', async () => {
  let end = () => {};
  const talk = bidiStreaming<Words, Words>(async function* () {
    yield { text: 'hello' };
    await new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  const told: NamedCall[] = [];
  const server = await serve({ talk }, { runningOnMs: 50, onRunningOn: (call) => told.push(call) });
  const conversation = connect(server).talk(named('42'));
  await conversation.received(1);
  expect(server.openCalls.runningOn).toBe(0);
  conversation.call.cancel();
  await until(() => told.length > 0);
  expect(server.openCalls.runningOn).toBe(1);
  end();
  await until(() => server.openCalls.runningOn === 0);
  expect(told).toEqual([{ id: '42', method: '/test.Echo/Talk' }]);
});

test.concurrent.each([
  ['1H', 'CANCELLED', 'Call cancelled'],
  ['45m', 'DEADLINE_EXCEEDED', expect.stringMatching(/^(Call cancelled at its deadline|Deadline exceeded)$/)],
])(
  'a call that its client left %s before its deadline is %s for its handler and in the log',
  async (timeout, name, details) => {
    const reasons: unknown[] = [];
    let started = false;
    const talk = bidiStreaming<Words, Words>(async function* (_, { signal }) {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      started = true;
      yield* [];
      await new Promise(() => {});
    });
    const { server, end } = await watched({ talk });
    const session = connectHttp2(`http://127.0.0.1:${server.port}`);
    stopLater(() => session.destroy());
    const call = session.request({
      ':method': 'POST',
      ':path': '/test.Echo/Talk',
      'content-type': 'application/grpc',
      'grpc-timeout': timeout,
      te: 'trailers',
    });
    call.on('error', () => {}); // the server may be first
    await until(() => started);
    call.close(constants.NGHTTP2_CANCEL);
    expect(await end()).toMatchObject({ status: name });
    expect(reasons).toMatchObject([{ code: status[name as 'CANCELLED'], details }]);
  },
);
