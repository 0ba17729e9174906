import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Server, ServerCredentials, type StatusObject, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { soon, until } from '@grpc-by-example/testing';
import { startServer } from 'grpc-program/server';
import { bidiStreaming } from 'grpc-streams';
import { type CourseClient, CourseService, connectCourse } from './course.ts';

/** Long enough to see that nothing happens. */
const A_WHILE_MS = 500;
/** A grace period that nobody waits for. */
const LONG_MS = 60_000;

type Print = (line: string) => void;

const echo = { bidiStreaming: bidiStreaming<string, string>((requests) => requests) };
const stubborn = {
  bidiStreaming: bidiStreaming<string, string>(async function* () {
    yield 'hello';
    await new Promise(() => {});
  }),
};
// #region last words
const polite = {
  bidiStreaming: bidiStreaming<string, string>(async function* (_requests, { signal }) {
    yield 'hello';
    await once(signal, 'abort'); // the server stops, or the client is gone
    yield 'goodbye';
  }),
};
// #endregion

/** A stream that is open: it has had a message. */
async function openStream(client: CourseClient) {
  const call = client.bidiStreaming(soon()).on('error', () => {});
  const responses: string[] = [];
  call.on('data', (response: string) => responses.push(response));
  const ended = new Promise<string>((resolve) => {
    call.on('status', ({ code, details }: StatusObject) =>
      resolve(`${status[code]}${code === status.OK || !details ? '' : `: ${details}`}`),
    );
  });
  call.write('hello');
  await until(() => responses.length === 1);
  return { call, responses, ended };
}

async function plainServer(): Promise<{ server: Server; client: CourseClient }> {
  const server = new Server();
  server.addService(CourseService, echo);
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  return { server, client: connectCourse(port) };
}

async function tryShutdownAlone(print: Print): Promise<void> {
  const { server, client } = await plainServer();
  const stream = await openStream(client);
  let stopped = false;
  server.tryShutdown(() => {
    stopped = true;
  });
  await delay(A_WHILE_MS);
  print(`after a while: ${stopped ? 'stopped' : 'still waiting'}`);
  stream.call.write('are you there?');
  await until(() => stream.responses.length === 2);
  print('the stream works as before');
  const late = client.unary('hello', soon(), () => {});
  const [{ code }] = (await once(late, 'status')) as [StatusObject];
  print(`a new call: ${status[code]}`);
  stream.call.end();
  print(`the client half-closes: ${await stream.ended}`);
  await until(() => stopped);
  print('stopped');
  client.close();
}

async function forceShutdownAlone(print: Print): Promise<void> {
  const { server, client } = await plainServer();
  const stream = await openStream(client);
  server.forceShutdown();
  print((await stream.ended).split(':', 1).join());
  client.close();
}

/** A server of grpc-program, and what the client of its one stream reads when it stops. */
async function stopInOrder(service: UntypedServiceImplementation, graceMs: number, print: Print): Promise<void> {
  const server = await startServer([[CourseService, service]], { host: '127.0.0.1', graceMs });
  const client = connectCourse(server.port);
  const stream = await openStream(client);
  const stoppedAt = performance.now();
  await server.stop();
  const when = performance.now() - stoppedAt < graceMs / 2 ? 'at once' : 'after the grace period';
  print(`${stream.responses.join(', ')}; ${await stream.ended}; ${when}`);
  client.close();
}

export const stops: Record<string, (print: Print) => Promise<void>> = {
  tryShutdown: tryShutdownAlone,
  forceShutdown: forceShutdownAlone,
  'a handler that reads': (print) => stopInOrder(echo, LONG_MS, print),
  'a handler that has last words': (print) => stopInOrder(polite, LONG_MS, print),
  'a handler that does not listen': (print) => stopInOrder(stubborn, A_WHILE_MS, print),
};
