import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { stopLater } from '@grpc-by-example/testing';

/** A way to a server that can be cut, and lead to another one. */
export class BreakableLine {
  readonly address: string;
  readonly #sockets = new Set<Socket>();
  #port: string;
  #isCut = false;

  private constructor(server: Server, port: string) {
    this.#port = port;
    this.address = `localhost:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => {
      if (this.#isCut) client.destroy();
      else this.#join(client, connect(Number(this.#port), 'localhost'));
    });
    stopLater(() => {
      server.close();
      this.cut();
    });
  }

  static async start(port: string): Promise<BreakableLine> {
    const server = createServer().listen(0, 'localhost');
    await once(server, 'listening');
    return new BreakableLine(server, port);
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** @param port that of the server to which it leads from now on */
  mend(port = this.#port): void {
    this.#port = port;
    this.#isCut = false;
  }

  #join(...ends: [Socket, Socket]): void {
    for (const end of ends) {
      this.#sockets.add(end);
      end
        .on('error', () => {})
        .on('close', () => {
          this.#sockets.delete(end);
          for (const other of ends) other.destroy();
        });
    }
    ends[0].pipe(ends[1]).pipe(ends[0]);
  }
}
