import { Client, credentials, Metadata } from '@grpc/grpc-js';
import {
  type BidiCall,
  bidiCall,
  type ClientStreamingCall,
  clientStreamingCall,
  STREAMING,
  serverStreamingCall,
  unaryCall,
} from 'grpc-streams';
import { noteOf, type TraceListener, traceClient } from 'stream-trace';
import { LIMITS } from './command.ts';
import type { Method } from './examples.ts';
import { padded } from './message.ts';

type Sender = BidiCall<object, object> | ClientStreamingCall<object, object>;

/** A call whose reader and sender do as they are told. */
export class LiveCall {
  id = '';
  readonly method: Method;
  readonly #record: TraceListener;
  readonly #client: Client;
  readonly #stop = new AbortController();
  #sender: Sender | undefined;
  #sends = Promise.resolve();
  #asked = 0;
  #sent = 0;
  #waitingBytes = 0;
  /** While it does not read: what makes it read again. */
  #pause: { over: Promise<void>; end: () => void } | undefined;

  /**
   * @param request for a method that takes one
   * @param record hears of the events, and of what this program does
   */
  constructor(
    address: string,
    method: Method,
    { request, deadlineMs }: { request: object; deadlineMs: number | undefined },
    record: TraceListener,
  ) {
    this.method = method;
    this.#asked = method.requestStream ? 0 : 1;
    this.#record = (event) => {
      this.id = event.call;
      if (event.event === 'message' && event.sent) this.#sent += 1;
      record(event);
    };
    this.#client = new Client(address, credentials.createInsecure(), { ...STREAMING, 'grpc.enable_http_proxy': 0 });
    const options = {
      interceptors: [traceClient((event) => this.#record(event))],
      ...(deadlineMs !== undefined && { deadline: Date.now() + deadlineMs }),
    };
    void this.#run(method, request, options);
  }

  get isReading(): boolean {
    return this.#pause === undefined;
  }

  /** How many messages are still to be sent: those that grpc-js has not handed to the transport. */
  get waiting(): number {
    return this.#asked - this.#sent;
  }

  /**
   * Sends a message so many times, each when there is room for it.
   *
   * @throws Error when too much waits already, or the method takes one request, which it has
   */
  send(message: object, bytes: number, count: number): void {
    const sender = this.#sender;
    if (!sender) throw new Error('this method takes one request, and has it');
    if (this.waiting + count > LIMITS.messages || this.#waitingBytes + bytes * count > LIMITS.bytes) {
      throw new Error(`${this.waiting.toLocaleString('en')} messages still wait to be sent`);
    }
    this.#asked += count;
    this.#waitingBytes += bytes * count;
    this.#sends = this.#sends.then(() => this.#sendAll(sender, message, bytes, count));
  }

  async #sendAll(sender: Sender, message: object, bytes: number, count: number): Promise<void> {
    let left = count;
    try {
      while (left > 0) {
        const sending = sender.send(padded(message, bytes, count > 1 ? count - left + 1 : 0));
        left -= 1;
        this.#waitingBytes -= bytes;
        if (!(await sending)) return;
      }
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
    } finally {
      // What the call ends before is not sent any more.
      this.#asked -= left;
      this.#waitingBytes -= left * bytes;
    }
  }

  halfClose(): void {
    void this.#sends.then(() => this.#sender?.halfClose());
  }

  cancel(): void {
    this.#stop.abort();
    this.#pause?.end();
  }

  stopReading(): void {
    if (this.#pause) return;
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#pause = { over, end };
    this.#tell('stops reading');
  }

  read(): void {
    if (!this.#pause) return;
    this.#tell('reads again');
    this.#pause.end();
    this.#pause = undefined;
  }

  async #run(method: Method, request: object, options: object): Promise<void> {
    const { path, requestSerialize, responseDeserialize } = method;
    const parts = [path, requestSerialize, responseDeserialize] as const;
    const metadata = new Metadata();
    const { signal } = this.#stop;
    const client = this.#client;
    try {
      if (method.requestStream && method.responseStream) {
        const call = bidiCall(client.makeBidiStreamRequest(...parts, metadata, options), { signal });
        this.#sender = call;
        await this.#take(call.responses);
      } else if (method.requestStream) {
        const call = clientStreamingCall<object, object>(
          (callback) => client.makeClientStreamRequest(...parts, metadata, options, callback),
          { signal },
        );
        this.#sender = call;
        await call.response;
      } else if (method.responseStream) {
        const call = client.makeServerStreamRequest(...parts, request, metadata, options);
        await this.#take(serverStreamingCall(call, { signal }).responses);
      } else {
        await unaryCall<object>((callback) => client.makeUnaryRequest(...parts, request, metadata, options, callback), {
          signal,
        });
      }
    } catch {
      // The record has the status.
    } finally {
      client.close();
    }
  }

  /** Takes the responses one after the other, unless it is told to stop: then the next one stays where it is. */
  async #take(responses: AsyncIterable<object>): Promise<void> {
    for await (const _ of responses) await this.#pause?.over;
  }

  #tell(text: string): void {
    this.#record(noteOf('client', text, { call: this.id, method: this.method.path }));
  }
}
