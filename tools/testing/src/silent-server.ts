import { once } from 'node:events';
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net';
import { stopLater } from './stop-later.ts';

/**
 * Listens, accepts connections and says nothing, as a frozen server does, until it is told to pass everything on.
 *
 * @returns its address, and what passes on to a server
 */
export async function listenInSilence(): Promise<{ address: string; passOn(port: number): void }> {
  const silent: Socket[] = [];
  const sockets = new Set<Socket>();
  let passTo: number | undefined;
  const pass = (socket: Socket, port: number) => {
    const onwards = connectSocket(port, '127.0.0.1').on('error', () => {});
    sockets.add(onwards);
    socket.pipe(onwards).pipe(socket);
  };
  const listener = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    if (passTo === undefined) silent.push(socket);
    else pass(socket, passTo);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  stopLater(() => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    address: `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    passOn(port) {
      passTo = port;
      for (const socket of silent.splice(0)) pass(socket, port);
    },
  };
}
