import { connect, type Socket } from 'node:net';
import { frame, GOAWAY, HEADER_BYTES, PREFACE, SETTINGS } from './frames.ts';

/** A connection on which any bytes are sent. */
export class RawConnection {
  /** How many frames of each type came, while they were read. */
  readonly received = new Map<number, number>();
  readonly closed: Promise<void>;
  isClosed = false;
  readonly #socket: Socket;
  #unread = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('error', () => {}); // being closed tells
    this.#socket.on('data', (bytes) => this.#read(bytes));
    this.closed = new Promise((resolve) =>
      this.#socket.once('close', () => {
        this.isClosed = true;
        resolve();
      }),
    );
  }

  /** Begins as every HTTP/2 client. */
  greet(): this {
    this.#socket.write(Buffer.concat([PREFACE, frame(SETTINGS, Buffer.of())]));
    return this;
  }

  send(...parts: Buffer[]): void {
    this.#socket.write(Buffer.concat(parts));
  }

  /** Reads no more of what the server sends. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Resolves once what was sent is in the hands of the operating system; not while the server does not read. */
  drained(): Promise<void> {
    if (!this.#socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => this.#socket.once('drain', resolve));
  }

  /** Resolves once the server has sent so many frames of this type; not when it has closed the connection. */
  receives(type: number, count = 1): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if ((this.received.get(type) ?? 0) < count) return;
        this.#socket.off('data', look);
        resolve();
      };
      this.#socket.on('data', look);
      look();
    });
  }

  /** The server says that it takes no more, or has hung up. */
  get isRefused(): boolean {
    return this.isClosed || this.received.has(GOAWAY);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#unread.readUIntBE(0, 3);
      if (this.#unread.length < end) return;
      const type = this.#unread.readUInt8(3);
      this.received.set(type, (this.received.get(type) ?? 0) + 1);
      this.#unread = this.#unread.subarray(end);
    }
  }
}
