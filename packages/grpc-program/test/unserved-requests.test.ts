import { once } from 'node:events';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { stopLater, until } from '@grpc-by-example/testing';
import { unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import type { UnservedRequest } from '../src/server/unserved-requests.ts';
import { definition, type Words } from './echo-service.ts';
import { logLines, startEchoServer } from './programs.ts';
import { connect, serve } from './start.ts';

const HELLO = Buffer.from([0, 0, 0, 0, 4, 10, 2, 104, 105]); // "hi", framed

/** A server, and requests to it by HTTP/2 alone. */
async function start() {
  const unserved: UnservedRequest[] = [];
  const say = unary<Words, Words>((words) => words);
  const server = await serve({ say }, { onUnserved: (request) => unserved.push(request) });
  const session = connectHttp2(`http://localhost:${server.port}`).on('error', () => {});
  stopLater(() => session.destroy());
  async function ask(headers: Record<string, string>): Promise<IncomingHttpHeaders> {
    const path = definition.Say?.path;
    const all = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', ...headers };
    const stream = session.request(all, { endStream: false });
    const received: IncomingHttpHeaders = {};
    for (const event of ['response', 'trailers']) stream.on(event, (headers) => Object.assign(received, headers));
    stream
      .on('error', () => {})
      .resume()
      .end(HELLO);
    await once(stream, 'close');
    return received;
  }
  return { ask, unserved, client: connect(server) };
}

test.concurrent('a verb that is not POST is 405, and told', async () => {
  const { ask, unserved, client } = await start();
  for (const verb of ['GET', 'DELETE', 'PUT']) {
    expect(await ask({ ':method': verb })).toMatchObject({ ':status': 405, allow: 'POST' });
  }
  expect(unserved).toMatchObject([{ verb: 'GET' }, { verb: 'DELETE' }, { verb: 'PUT' }]);
  expect(unserved).toMatchObject(Array(3).fill({ reason: 'not gRPC', method: '/test.Echo/Say' }));
  expect(await client.say('still here')).toEqual({ text: 'still here' });
});

test.concurrent('a content type that is not that of protobuf messages is 415, and told', async () => {
  const { ask, unserved, client } = await start();
  const wrong = ['text/html', 'application/grpc-web', 'application/grpc+json', 'application/grpcx'];
  for (const type of wrong) expect(await ask({ 'content-type': type })).toMatchObject({ ':status': 415 });
  expect(unserved.map(({ contentType }) => contentType)).toEqual(wrong);
  for (const type of ['application/grpc', 'application/grpc+proto', 'application/grpc;a=b']) {
    expect(await ask({ 'content-type': type })).toMatchObject({ ':status': 200, 'grpc-status': '0' });
  }
  expect(unserved).toHaveLength(wrong.length);
  expect(await client.say('still here')).toEqual({ text: 'still here' });
});

test.concurrent('an unknown method is UNIMPLEMENTED, and told, its path cut', async () => {
  const { ask, unserved } = await start();
  for (const path of ['/test.Echo/Shout', '/Nobody/knows', `/${'x'.repeat(1_000)}`]) {
    expect(await ask({ ':path': path })).toMatchObject({ 'grpc-status': String(status.UNIMPLEMENTED) });
  }
  expect(unserved).toMatchObject([
    { reason: 'no such method', method: '/test.Echo/Shout', peer: expect.stringMatching(/:\d+$/) },
    { reason: 'no such method', method: '/Nobody/knows' },
    { reason: 'no such method', method: `/${'x'.repeat(199)}` },
  ]);
});

test.concurrent('a method without a handler, and one that says UNIMPLEMENTED, are calls as any other', async () => {
  const { unserved, client } = await start();
  expect(await client.talk().status).toMatchObject({ code: status.UNIMPLEMENTED });
  expect(unserved).toEqual([]);
});

test.concurrent('the program logs them, and counts them without their paths', async () => {
  const { program, address } = await startEchoServer(['--metrics-port', '0']);
  const [, url = ''] = await program.prints(/^Metrics: (\S+)\n/m);
  const session = connectHttp2(`http://${address}`).on('error', () => {});
  stopLater(() => session.destroy());
  for (const headers of [
    { ':path': '/No/such', 'content-type': 'application/grpc' },
    { ':path': '/No/other', 'content-type': 'application/grpc' },
    { ':path': '/page', 'content-type': 'text/html' },
  ]) {
    const stream = session.request({ ':method': 'POST', ...headers }).on('error', () => {});
    await once(stream.resume().end(), 'close');
  }
  const lines = () => logLines(program).filter(({ msg }) => String(msg).startsWith('request refused'));
  await until(() => lines().length === 3);
  expect(lines().map(({ level, method, msg }) => [level, method, msg])).toEqual([
    ['warn', '/No/such', 'request refused: no such method'],
    ['warn', '/No/other', 'request refused: no such method'],
    ['warn', '/page', 'request refused: not gRPC'],
  ]);
  const metrics = await (await fetch(url)).text();
  expect(metrics).toContain('grpc_server_requests_unserved_total{reason="no such method"} 2\n');
  expect(metrics).toContain('grpc_server_requests_unserved_total{reason="not gRPC"} 1\n');
  expect(metrics).not.toContain('/No/such');
});
