import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';

/** gRPC's status codes, in their order. */
const STATUS = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED'],
  ...['INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

/** How a call ended. */
export interface Outcome {
  /** The name of its status, `HTTP 415` where there is none but that, or nothing when the stream was reset. */
  readonly status: string | undefined;
  readonly details: string;
  /** The bytes of all messages, with their prefixes. */
  readonly received: number;
}

/** As text; a good status has no details that matter. */
export function shown({ status = 'a reset', details }: Outcome): string {
  return details && status !== 'OK' ? `${status}: ${details}` : status;
}

/** A gRPC call over plain HTTP/2. */
export class RawCall {
  readonly stream: ClientHttp2Stream;
  /** Comes once all of the answer is read. */
  readonly outcome: Promise<Outcome>;
  received = 0;

  constructor(session: ClientHttp2Session, path: string, headers: OutgoingHttpHeaders = {}) {
    this.stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    this.stream.on('error', () => {}); // the outcome tells
    let status: string | undefined;
    let details = '';
    const look = (answer: { ':status'?: number; 'grpc-status'?: unknown; 'grpc-message'?: unknown }) => {
      const code = answer['grpc-status'];
      if (code !== undefined) status = STATUS[Number(code)] ?? `${code}`;
      else if (answer[':status'] !== undefined && answer[':status'] !== 200) status = `HTTP ${answer[':status']}`;
      details = decodeURI(`${answer['grpc-message'] ?? details}`);
    };
    this.stream.on('response', look).on('trailers', look);
    this.outcome = new Promise((resolve) =>
      this.stream.once('close', () => resolve({ status, details, received: this.received })),
    );
  }

  /** Reads the answer; without it, nothing is taken from the server but what HTTP/2 lets it send unasked. */
  read(): this {
    this.stream.on('data', (bytes: Buffer) => {
      this.received += bytes.length;
    });
    return this;
  }

  /** Resolves once the first byte of a message has come. */
  async answered(): Promise<void> {
    if (this.received > 0) return;
    await new Promise((resolve) => this.stream.once('data', resolve));
  }

  send(...messages: Buffer[]): void {
    this.stream.write(Buffer.concat(messages));
  }

  /** Resolves once what was sent is taken; not while the server does not read, nor when the call is over. */
  drained(): Promise<void> {
    if (!this.stream.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => this.stream.once('drain', resolve));
  }

  get isOver(): boolean {
    return this.stream.destroyed;
  }
}

/** A call with one request and what comes of it. */
export function ask(
  session: ClientHttp2Session,
  path: string,
  request: Buffer,
  headers?: OutgoingHttpHeaders,
): Promise<Outcome> {
  const call = new RawCall(session, path, headers).read();
  call.stream.end(request);
  return call.outcome;
}
