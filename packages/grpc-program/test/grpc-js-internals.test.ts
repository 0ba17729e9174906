import { createServer, type ServerHttp2Session } from 'node:http2';
import { Server, ServerCredentials, ServerInterceptingCall, type ServerOptions, status } from '@grpc/grpc-js';
import { stopLater, until } from '@grpc-by-example/testing';
import { type ServerCall, statusError, unary } from 'grpc-streams';
import { expect, test, vi } from 'vitest';
import { http2ServersOf, onEachSession, sentStatusOf, sessionOf } from '../src/server/grpc-js-internals.ts';
import { definition, type Words } from './echo-service.ts';
import { connect } from './start.ts';

// A test that fails here says that what grpc-js-internals.ts reaches for is gone, in a new version of grpc-js or Node.

/** A server of grpc-js by itself, and the sessions that its HTTP/2 servers tell of. */
async function bare(options: ServerOptions = {}, onCall: (call: ServerCall) => void = () => {}) {
  const server = new Server(options);
  stopLater(() => server.forceShutdown());
  const say = unary<Words, Words>((_, { call }) => {
    onCall(call);
    throw statusError(status.ABORTED, 'enough');
  });
  server.addService(definition, { say });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  const http2Servers = http2ServersOf(server);
  const sessions: ServerHttp2Session[] = [];
  for (const http2Server of http2Servers) http2Server.on('session', (session) => sessions.push(session));
  return { server, http2Servers, sessions, client: connect(`127.0.0.1:${port}`) };
}

const ABORTED = { code: status.ABORTED, details: 'enough' };

test.concurrent('a server that listens has its HTTP/2 servers in a field', async () => {
  const { http2Servers } = await bare();
  expect(http2Servers.map((http2Server) => http2Server.constructor)).toEqual([createServer().constructor]);
});

test.concurrent('the HTTP/2 sessions that are there already are in a list', async () => {
  const { server, sessions, client } = await bare();
  await expect(client.say('hello')).rejects.toMatchObject(ABORTED);
  const found: ServerHttp2Session[] = [];
  onEachSession(server, (session) => found.push(session));
  expect(found).toEqual(sessions);
  expect(found).toHaveLength(1);
});

test.concurrent('a call leads to its HTTP/2 session', async () => {
  const found: unknown[] = [];
  const { client, sessions } = await bare({}, (call) => found.push(sessionOf(call)));
  await expect(client.say('hello')).rejects.toMatchObject(ABORTED);
  expect(sessions).toHaveLength(1);
  expect(found).toEqual([sessions[0]]);
});

test.concurrent('a call that has ended leads to the status that went out', async () => {
  const calls: object[] = [];
  const { client } = await bare({
    interceptors: [
      (_, call) => {
        calls.push(call);
        return new ServerInterceptingCall(call);
      },
    ],
  });
  await expect(client.say('hello')).rejects.toMatchObject(ABORTED);
  expect(calls.map(sentStatusOf)).toEqual([status.ABORTED]);
});

test.concurrent('grpc-js pings by the method `ping` of the session', async () => {
  const { client, sessions } = await bare({ 'grpc.keepalive_time_ms': 100 });
  await expect(client.say('hello')).rejects.toMatchObject(ABORTED);
  const pings = sessions.map((session) => vi.spyOn(session, 'ping'));
  await until(() => pings.length === 1 && pings.every(({ mock }) => mock.calls.length > 0));
});

test.concurrent('the details of a call without a connection begin with the words that connection-errors.ts looks for', async () => {
  await expect(connect('127.0.0.1:1').say('hello')).rejects.toMatchObject({
    details: expect.stringMatching(/^No connection established/),
  });
});
