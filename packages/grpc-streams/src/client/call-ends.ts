import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { type ClientUnaryCall, type StatusObject, status } from '@grpc/grpc-js';
import { giveMessagesFirst, isCutOff, letGo, onClientStream, onReceived, timeLeft } from '../grpc-js-internals.ts';
import { DEADLINE_TOLERANCE_MS } from '../status.ts';
import { farewellOf, watchFarewell } from './farewell.ts';

interface Attempt {
  readonly session: ClientHttp2Session | undefined;
  readonly reader: object;
  /** Those of the response, once they are there. */
  headers: IncomingHttpHeaders;
}

/**
 * Sets right how a client call ends:
 *
 * | what happened | grpc-js alone | here |
 * | --- | --- | --- |
 * | the server sent messages, and then a status that is not OK | the messages that wait are dropped | they come first |
 * | a server cancels the call at its deadline, before the client does | CANCELLED | DEADLINE_EXCEEDED |
 * | a message cannot be unpacked | an error without a status | INTERNAL |
 * | the server sent a status that gRPC does not have | an error without a status | UNKNOWN |
 * | the last message is cut off, and the status is OK | OK | INTERNAL |
 * | a unary call gets two responses, and OK | it hangs | UNIMPLEMENTED |
 * | the server closes the connection over keepalive pings | RESOURCE_EXHAUSTED, or no reason | UNAVAILABLE, in words |
 * | a web server answers | RESOURCE_EXHAUSTED: a message too large | UNKNOWN, in words |
 *
 * @param isUnary whether one response is all that the call reads, and one request all that it sends
 * @param sendsOnce whether one request is all that the call sends
 * @param onStream hears of the HTTP/2 stream of each attempt
 */
export function setEndsRight(
  call: ClientUnaryCall,
  {
    isUnary = false,
    sendsOnce = isUnary,
    onStream,
  }: { isUnary?: boolean; sendsOnce?: boolean; onStream?: (stream: ClientHttp2Stream) => void } = {},
): void {
  let attempt: Attempt | undefined;
  const hearStream = (stream: ClientHttp2Stream, reader: object) => {
    const session = stream.session as ClientHttp2Session | undefined;
    const current: Attempt = { session, reader, headers: {} };
    attempt = current;
    if (session) watchFarewell(session);
    // Once: what listens to a stream stays as long as that does; see letGo.
    stream.prependOnceListener('response', (headers) => {
      current.headers = headers;
      // Its page would be read as a message.
      if (headers[':status'] === 200 && !isGrpc(headers)) {
        call.call?.cancelWithStatus(status.UNKNOWN, notGrpc(headers));
      }
    });
    // With an error, nobody wants the one message of a unary call.
    if (!isUnary) giveMessagesFirst(stream, reader);
    onStream?.(stream);
  };
  onClientStream(call, hearStream, { sendsOnce, readsMany: !isUnary });
  onReceived(call, {
    // grpc-js asks a unary call for one message alone, and waits with its status while there is another one.
    message: isUnary ? () => call.call?.startRead() : undefined,
    status: (received) => {
      const right = rightStatus(received, timeLeft(call), attempt);
      if (attempt) letGo(attempt.reader);
      return right;
    },
  });
}

/** How grpc-js tells of a connection that the server has closed with an error. */
const LOST = /^(Connection dropped|Bandwidth exhausted or memory limit exceeded)/;
const TOO_MANY_PINGS =
  'the server closed the connection: it allows fewer keepalive pings; let more time pass between them ' +
  '(grpc.keepalive_time_ms, or --keepalive-seconds)';

function rightStatus(received: StatusObject, timeLeftMs: number, attempt: Attempt | undefined): StatusObject {
  const { code, details } = received;
  const { session, reader, headers = {} } = attempt ?? {};
  const become = (code: status, details: string): StatusObject => ({ ...received, code, details });
  if (code === status.OK) {
    return reader && isCutOff(reader) ? become(status.INTERNAL, 'the last response is cut off') : received;
  }
  // grpc-js says so of a stream that the server has reset.
  if (code === status.CANCELLED && details === 'Call cancelled' && timeLeftMs < DEADLINE_TOLERANCE_MS) {
    return become(status.DEADLINE_EXCEEDED, 'Deadline exceeded');
  }
  if (LOST.test(details) && session) {
    const farewell = farewellOf(session);
    if (farewell === 'too_many_pings') return become(status.UNAVAILABLE, TOO_MANY_PINGS);
    if (farewell) return become(code, `the server closed the connection, and said: ${farewell}`);
  }
  if (code === undefined) return become(status.INTERNAL, unreadable(headers['grpc-encoding']));
  if (!(code in status))
    return become(status.UNKNOWN, `the server sent the status ${code}, which gRPC does not have: ${details}`);
  if (details.startsWith('Received HTTP status code') && !isGrpc(headers)) return become(code, notGrpc(headers));
  return received;
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'];
  return type === undefined || type.startsWith('application/grpc') || headers['grpc-status'] !== undefined;
}

function notGrpc(headers: IncomingHttpHeaders): string {
  return `what answers is not a gRPC server: HTTP status ${headers[':status']}, ${headers['content-type']}`;
}

function unreadable(encoding: unknown): string {
  return encoding === undefined || encoding === 'identity'
    ? 'a response is marked as compressed, but grpc-encoding names no compression'
    : `a response is compressed by ${encoding}, which this client cannot read`;
}
