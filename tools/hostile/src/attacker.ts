import type { ClientHttp2Session, ClientSessionOptions } from 'node:http2';
import { type Bystander, openSession } from './bystander.ts';
import type { RawCall } from './raw-call.ts';
import { RawConnection } from './raw-connection.ts';

/** Who waits so long has seen what there is to see: this many calls of another caller were answered meanwhile. */
const LONG_ENOUGH = 30;

export const CLOSED = 'the connection is closed';
export const UNREAD = 'the server reads no more of it';
export const TAKEN = 'all of it is read, for nothing';

/** Who attacks, with all the connections that it holds until the end. */
export class Attacker {
  readonly port: number;
  readonly #bystander: Bystander;
  readonly #connections: RawConnection[] = [];
  readonly #sessions: ClientHttp2Session[] = [];

  constructor(port: number, bystander: Bystander) {
    this.port = port;
    this.#bystander = bystander;
  }

  /** A connection for frames by hand. */
  raw(): RawConnection {
    const connection = new RawConnection(this.port);
    this.#connections.push(connection);
    return connection;
  }

  /** A connection of Node's HTTP/2, for calls that are bad only in what they say. */
  session(options: ClientSessionOptions = {}): ClientHttp2Session {
    const session = openSession(this.port, options);
    this.#sessions.push(session);
    return session;
  }

  /** Sends so many times what is made, and tells what becomes of the connection. */
  async flood(connection: RawConnection, times: number, make: (n: number) => Buffer): Promise<string> {
    const BATCH = 250;
    for (let n = 0; n < times && !connection.isRefused; n += BATCH) {
      connection.send(...Array.from({ length: Math.min(BATCH, times - n) }, (_, i) => make(n + i)));
      if (!(await this.happens(Promise.race([connection.drained(), connection.closed])))) return UNREAD;
    }
    await this.happens(connection.closed);
    return connection.isRefused ? CLOSED : TAKEN;
  }

  /** Sends the same again and again; gives how often it was taken. */
  async sendAsTaken(call: RawCall, times: number, bytes: Buffer): Promise<number> {
    for (let n = 0; n < times; n++) {
      call.send(bytes);
      if (!(await this.happens(Promise.race([call.drained(), call.outcome])))) return n;
      if (call.isOver) return n;
    }
    return times;
  }

  /** Whether this happens before another caller was answered many times. */
  happens(what: Promise<unknown>): Promise<boolean> {
    return Promise.race([what.then(() => true), this.waits().then(() => false)]);
  }

  /** Waits until another caller was answered many times. */
  waits(): Promise<void> {
    return this.#bystander.isAnswered(LONG_ENOUGH);
  }

  letGo(): void {
    for (const connection of this.#connections) connection.close();
    for (const session of this.#sessions) session.destroy();
  }
}
