import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * The HTTP/2 servers below a server that listens. grpc-js has no public way to them; where its private field is gone
 * one day, there are none.
 */
export function http2ServersOf(server: Server): Http2SecureServer[] {
  const servers: unknown = Reflect.get(server, 'http2Servers');
  return servers instanceof Map ? [...servers.keys()] : [];
}

/**
 * Keeps the connections of a server that stops for its grace period, and those that are too old for theirs. Node sends
 * no ping on a connection that is closing, and grpc-js takes that for a client that is gone: it would drop the calls
 * that may still end in order. Here such a ping counts as answered.
 */
export function keepClosingConnections(server: Server): void {
  for (const http2Server of http2ServersOf(server)) {
    http2Server.on('session', (session) => {
      const ping = session.ping.bind(session) as (callback: PingCallback) => boolean;
      session.ping = ((callback: PingCallback) => {
        if (!session.closed || session.destroyed) return ping(callback);
        setImmediate(callback, null, 0, Buffer.of());
        return true;
      }) as ServerHttp2Session['ping'];
    });
  }
}

type PingCallback = (error: Error | null, duration: number, payload: Buffer) => void;
