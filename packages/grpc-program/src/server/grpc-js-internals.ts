import type { Http2SecureServer, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Server, status } from '@grpc/grpc-js';
import { http2StreamOf, type ServerCall } from 'grpc-streams';

// What this package reaches in grpc-js, and in Node's HTTP/2, past what they promise. Each says what happens when it is
// gone; grpc-js-internals.test.ts says when.
//
// Words of theirs are matched where they are needed. If they change, then a message for people is less clear:
//
// - `listen.ts` looks for the codes of system errors (EADDRINUSE, EACCES, …) in what `bindAsync` rejects with.
// - `connection-errors.ts` looks for 'No connection established' and the like in the details of a status, and for the
//   codes of system errors in them.
// - `tls-errors.ts` looks for the names that OpenSSL and Node give to what is wrong with a handshake.
// - `unserved-requests.ts` looks for the words with which grpc-js says that there is no such method.

/** What grpc-js keeps by HTTP/2 server. */
function infosOf(server: Server): Map<Http2SecureServer, { sessions?: unknown }> {
  const infos: unknown = Reflect.get(server, 'http2Servers');
  return infos instanceof Map ? infos : new Map();
}

/**
 * The HTTP/2 servers below a server that listens. If they are gone, then there are none: failed TLS handshakes are not
 * reported, connections are neither counted nor grow too old, and {@link keepClosingConnections} does nothing.
 */
export function http2ServersOf(server: Server): Http2SecureServer[] {
  return [...infosOf(server).keys()];
}

/**
 * Hands over each connection of a server that listens, also those that came while it was still about to listen on its
 * other addresses. If grpc-js's list of them is gone, then those are left out.
 */
export function onEachSession(server: Server, listener: (session: ServerHttp2Session) => void): void {
  for (const [http2Server, { sessions }] of infosOf(server)) {
    if (sessions instanceof Set) for (const session of sessions) listener(session);
    http2Server.on('session', listener);
  }
}

/**
 * Keeps the connections of a server that listens, to drop them. `forceShutdown` of grpc-js leaves those that Node has
 * closed and whose client has not, which then stay until it does, and those in the middle of their TLS handshake. If the
 * HTTP/2 servers are gone, then it drops none.
 *
 * @returns drops those that are open
 */
export function keepConnections(server: Server): () => void {
  const sockets = new Set<Socket>();
  for (const http2Server of http2ServersOf(server)) {
    http2Server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
  }
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

/**
 * Hands over each request to a server that listens, before grpc-js looks at it. If the HTTP/2 servers are gone, grpc-js
 * gets every request by itself.
 *
 * @param hear is given what lets grpc-js serve it
 */
export function onEachRequest(
  server: Server,
  hear: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, serve: () => void) => void,
): void {
  for (const http2Server of http2ServersOf(server)) {
    const listeners = http2Server.listeners('stream');
    http2Server.removeAllListeners('stream');
    http2Server.on('stream', (stream, headers, ...rest) => {
      hear(stream, headers, () => {
        for (const listener of listeners) Reflect.apply(listener, http2Server, [stream, headers, ...rest]);
      });
    });
  }
}

/**
 * Keeps the connections of a server that stops for its grace period, and those that are too old for theirs. Node sends
 * no ping on a connection that is closing, and grpc-js takes that for a client that is gone: it would drop the calls
 * that may still end in order. Here such a ping counts as answered. If grpc-js pings by another way, then it drops them.
 */
export function keepClosingConnections(server: Server): void {
  onEachSession(server, (session) => {
    const ping = session.ping.bind(session) as (callback: PingCallback) => boolean;
    session.ping = ((callback: PingCallback) => {
      if (!session.closed || session.destroyed) return ping(callback);
      setImmediate(callback, null, 0, Buffer.of());
      return true;
    }) as ServerHttp2Session['ping'];
  });
}

/**
 * Takes no more connections, and waits for the calls that are on their way: on connections that are open, or wait to be
 * accepted. If the HTTP/2 servers are gone, then it does nothing, and such calls are refused.
 *
 * RFC 9113, section 6.8, has two GOAWAY frames for this, but Node takes no call after the first. So each connection is
 * pinged before its GOAWAY: what the client sent before it read the ping comes before its answer.
 *
 * @returns when each has answered, or is gone
 */
export async function takeLastCalls(server: Server): Promise<void> {
  const answers: Promise<void>[] = [];
  let isClosed = false;
  onEachSession(server, (session) => {
    const answer = answersPing(session);
    // After its TLS handshake, of which grpc-js knows nothing, a connection may come so late that nobody closes it.
    if (isClosed) void answer.then(() => session.close());
    else answers.push(answer);
  });
  await acceptsWaiting();
  isClosed = true;
  // Not by their own `close`, which closes the connections too from Node 24 on.
  for (const http2Server of http2ServersOf(server)) NetServer.prototype.close.call(http2Server);
  await Promise.all(answers);
}

/**
 * Resolves after a turn of the event loop that took hardly any time. Each turn accepts the connections that wait for it;
 * the system resets those that came since, when nobody listens any more.
 */
async function acceptsWaiting(): Promise<void> {
  await nextTurn();
  for (let turn = 0; turn < 100; turn++) {
    const startedAt = performance.now();
    await nextTurn();
    if (performance.now() - startedAt < 0.1) return;
  }
}

function answersPing(session: ServerHttp2Session): Promise<void> {
  return new Promise((answered) => {
    if (session.destroyed) return answered();
    session.once('close', answered);
    session.ping(() => answered());
  });
}

type PingCallback = (error: Error | null, duration: number, payload: Buffer) => void;

/**
 * The connection of a call that is open. If it is gone, then calls on a connection that is too old end with the
 * connection itself, without a status.
 */
export function sessionOf(call: ServerCall): ServerHttp2Session | undefined {
  return http2StreamOf(call)?.session as ServerHttp2Session | undefined;
}

/**
 * The status that went out on the wire. grpc-js sends some by itself, past every interceptor: a message that is too
 * large or cannot be read. If it is gone, then such calls are logged and counted as CANCELLED.
 *
 * @param call what a server interceptor is given
 */
export function sentStatusOf(call: object): status | undefined {
  const { sentTrailers, sentHeaders } = http2StreamOf(call) ?? {};
  const code = Number((sentTrailers ?? sentHeaders)?.['grpc-status']);
  return code in status ? code : undefined;
}
