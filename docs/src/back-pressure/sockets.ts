import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** The sockets of the one connection that is made meanwhile, which grpc-js does not give. */
export function watchSockets(): { client(): Socket; server(): Socket } & Disposable {
  const found: { client?: Socket; server?: Socket } = {};
  const onClient = (message: unknown) => {
    found.client = (message as { socket: Socket }).socket;
  };
  const onServer = (message: unknown) => {
    found.server = (message as { socket: Socket }).socket;
  };
  subscribe('net.client.socket', onClient);
  subscribe('net.server.socket', onServer);
  const get = (socket: Socket | undefined): Socket => {
    if (!socket) throw new Error('there is no connection');
    return socket;
  };
  return {
    client: () => get(found.client),
    server: () => get(found.server),
    [Symbol.dispose]() {
      unsubscribe('net.client.socket', onClient);
      unsubscribe('net.server.socket', onServer);
    },
  };
}
