import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startServer } from 'grpc-program/server';
import { readTrace, type TraceEvent, traceClient, traceServer } from 'stream-trace';
import { Program, until } from 'testing';
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

/** Lets one call live, from its first byte to the ending given, between a real server and a real client. */
export async function live(kind: Kind, ending: Ending): Promise<Life> {
  const life = { trace: [] as TraceEvent[], client: [] as string[], server: [] as string[] };
  const record = (event: TraceEvent) => life.trace.push(event);
  const server = await startServer([[CourseService, { ...lifeHandlers(life.server) }]], {
    host: '127.0.0.1',
    graceMs: 200,
    interceptors: [traceServer(record)],
  });
  const isOver = () => life.server.includes('cancelled') && server.openCalls.size === 0;
  /** What the server hears, before anything happens to the call. */
  const underWay = () => life.trace.filter(({ side, event }) => side === 'server' && event === 'message').length;
  const messages = { unary: 1, clientStreaming: 1, serverStreaming: 3, bidiStreaming: 2 };

  try {
    if (ending === 'client killed') {
      const command = ['node', '--import', 'tsx', 'src/life/client-program.ts', `${server.port}`, kind];
      await using program = new Program(command, { cwd: `${import.meta.dirname}/../..` });
      await program.prints(/under way/);
      await until(() => underWay() === messages[kind]);
      program.signal('SIGKILL');
      await program.ended;
      life.trace.push(...readTrace(program.stdout));
      await until(isOver);
      return life;
    }
    await using proxy = await cuttable(server.port);
    const client = connectCourse(proxy.port, { interceptors: [traceClient(record)] });
    const wish = ending === 'ok' || ending === 'error' ? ending : 'wait';
    const {
      call,
      underWay: clientUnderWay,
      finish,
    } = startLife(client, kind, wish, life.client, Date.now() + (ending === 'deadline' ? 1_000 : 10_000));
    const status = new Promise((resolve) => call.once('status', resolve));
    await clientUnderWay;
    if (ending !== 'ok' && ending !== 'error') await until(() => underWay() >= messages[kind]);
    if (ending === 'ok') finish();
    if (ending === 'cancel') call.cancel();
    if (ending === 'connection cut') proxy.cut();
    if (ending === 'server stops') await server.stop();
    await status;
    await until(isOver);
    await delay(20); // the client's 'end' comes after its status
    client.close();
    return life;
  } finally {
    server.forceStop();
  }
}

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
