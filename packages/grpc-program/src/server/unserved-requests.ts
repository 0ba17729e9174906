import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { CALL_ID } from '#stream-trace';
import { onEachRequest } from './grpc-js-internals.ts';

/** A request that reaches no service. */
export interface UnservedRequest {
  readonly reason: 'no such method' | 'not gRPC';
  /** What the client asked for: its name of the call, its path, cut if it is long, its verb and its content type. */
  readonly id: string;
  readonly method: string;
  readonly verb: string;
  readonly contentType: string;
  readonly peer: string;
}

const LONGEST_TEXT = 200;
const PATIENCE_MS = 5_000;

/**
 * Tells of requests that reach no service, which no interceptor sees: typical mistakes of a client in another language,
 * and scans. Those that are not gRPC are refused by their verb (405) and their content type (415) here; grpc-js would
 * serve any verb, and `application/grpc-web` or `+json` as if it were protobuf.
 */
export function watchUnserved(server: Server, onUnserved: (request: UnservedRequest) => void): void {
  onEachRequest(server, (stream, headers, serve) => {
    const refusal = refusalOf(headers);
    if (refusal) refuse(stream, refusal);
    else serve();
    if (!refusal && !isUnknownMethod(stream)) return;
    const socket = stream.session?.socket;
    onUnserved({
      reason: refusal ? 'not gRPC' : 'no such method',
      id: short(headers[CALL_ID]),
      method: short(headers[':path']),
      verb: short(headers[':method']),
      contentType: short(headers['content-type']),
      peer: socket?.remoteAddress ? `${socket.remoteAddress}:${socket.remotePort}` : 'unknown',
    });
  });
}

function refusalOf(headers: IncomingHttpHeaders): { ':status': number; allow?: string } | undefined {
  if (headers[':method'] !== 'POST') return { ':status': constants.HTTP_STATUS_METHOD_NOT_ALLOWED, allow: 'POST' };
  if (/^application\/grpc(\+proto)?\s*(;|$)/.test(headers['content-type'] ?? '')) return undefined;
  return { ':status': constants.HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE };
}

function refuse(stream: ServerHttp2Stream, headers: { ':status': number }): void {
  stream.on('error', () => {}); // the client may be gone
  stream.respond(headers, { endStream: true });
  // What the client still sends is dropped, and it has so long to come to its end. A reset at once would overtake the
  // headers in some versions of Node.
  stream.resume();
  const late = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), PATIENCE_MS).unref();
  stream.once('close', () => clearTimeout(late));
}

/** grpc-js has answered by then, in these words. */
function isUnknownMethod({ sentHeaders }: ServerHttp2Stream): boolean {
  return String(sentHeaders?.['grpc-message']).startsWith('The server does not implement the method');
}

const short = (text: string | string[] | undefined) => String(text ?? '').slice(0, LONGEST_TEXT);
