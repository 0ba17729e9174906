import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Program, programCommand, soon, until } from '@grpc-by-example/testing';
import { type RunningServer, startServer } from 'grpc-program/server';
import { readTrace, type TraceEvent, traceClient, traceServer } from 'stream-trace';
import { CourseService, connectCourse } from '../course.ts';
import { type Kind, startLife } from './client.ts';
import { lifeHandlers } from './handlers.ts';

export const KINDS = ['unary', 'clientStreaming', 'serverStreaming', 'bidiStreaming'] as const;

export const ENDINGS = [
  'ok',
  'error',
  'cancel',
  'deadline',
  'client killed',
  'connection cut',
  'server stops',
] as const;
export type Ending = (typeof ENDINGS)[number];

/** What both sides recorded of a call, and the events that grpc-js emitted on either. */
export interface Life {
  readonly trace: TraceEvent[];
  readonly client: readonly string[];
  readonly server: readonly string[];
}

/** How many messages and half-closes either side has sent and got before anything happens to a call. */
const UNDER_WAY = { unary: 2, clientStreaming: 1, serverStreaming: 4, bidiStreaming: 2 };

/** Lets one call live, from its first byte to the ending given, between a real server and a real client. */
export async function live(kind: Kind, ending: Ending): Promise<Life> {
  if (ending === 'client killed') return liveUntilKilled(kind);
  if (ending !== 'deadline') return liveUntil(kind, ending, soon().deadline);
  // On a busy machine a deadline may pass before the call is under way; then try again, with twice the time.
  for (let ms = 500; ; ms *= 2) {
    const life = await liveUntil(kind, ending, Date.now() + ms);
    if (isUnderWay(life, kind)) return life;
  }
}

async function liveUntil(kind: Kind, ending: Ending, deadline: number): Promise<Life> {
  const life = emptyLife();
  let setRead = () => {};
  const allRead = new Promise<void>((resolve) => {
    setRead = resolve;
  });
  const server = await startLifeServer(life, allRead);
  await using proxy = await cuttable(server.port);
  const client = connectCourse(proxy.port, { interceptors: [traceClient((event) => life.trace.push(event))] });
  try {
    const wish = ending === 'ok' || ending === 'error' ? ending : 'wait';
    const { call, underWay, finish } = startLife(client, kind, wish, life.client, deadline);
    let isOver = false;
    const status = new Promise<void>((resolve) => call.once('status', () => resolve()));
    void status.then(() => {
      isOver = true;
    });
    await underWay;
    setRead();
    if (wish === 'wait') await until(() => isUnderWay(life, kind) || isOver);
    if (ending === 'ok') finish();
    if (ending === 'cancel') call.cancel();
    if (ending === 'connection cut') proxy.cut();
    if (ending === 'server stops') await server.stop();
    await status;
    if (ending === 'deadline' && !isUnderWay(life, kind)) return life;
    await until(() => isOverAt(server, life));
    // It comes after the status.
    if (kind === 'serverStreaming' || kind === 'bidiStreaming') await until(() => life.client.includes('end'));
    return life;
  } finally {
    client.close();
    server.forceStop();
  }
}

/** With a client in a process of its own, which is killed. */
async function liveUntilKilled(kind: Kind): Promise<Life> {
  const life = emptyLife();
  const server = await startLifeServer(life, Promise.resolve());
  try {
    await using program = new Program(programCommand(join(import.meta.dirname, 'main.ts'), `${server.port}`, kind));
    await program.prints(/under way/);
    await until(() => isUnderWay(life, kind, ['server']));
    program.signal('SIGKILL');
    await program.ended;
    life.trace.push(...readTrace(program.stdout));
    await until(() => isOverAt(server, life));
    return life;
  } finally {
    server.forceStop();
  }
}

const emptyLife = () => ({ trace: [] as TraceEvent[], client: [] as string[], server: [] as string[] });

function startLifeServer(life: ReturnType<typeof emptyLife>, allRead: Promise<unknown>): Promise<RunningServer> {
  return startServer([[CourseService, { ...lifeHandlers(life.server, allRead) }]], {
    host: '127.0.0.1',
    graceMs: 200,
    interceptors: [traceServer((event) => life.trace.push(event))],
  });
}

function isUnderWay({ trace }: Life, kind: Kind, sides: readonly TraceEvent['side'][] = ['client', 'server']): boolean {
  const said = trace.filter(({ event }) => event === 'message' || event === 'half-close');
  return sides.every((side) => said.filter((event) => event.side === side).length >= UNDER_WAY[kind]);
}

const isOverAt = (server: RunningServer, life: Life) =>
  life.server.includes('cancelled') && server.openCalls.size === 0;

/** Stands between a client and a server, so that their connection can be cut. */
async function cuttable(port: number): Promise<{ port: number; cut(): void } & AsyncDisposable> {
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on('error', () => {}); // the other side went first
    client.pipe(server).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  };
  return { port: (proxy.address() as AddressInfo).port, cut, [Symbol.asyncDispose]: async () => cut() };
}
