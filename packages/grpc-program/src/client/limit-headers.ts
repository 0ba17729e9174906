import { InterceptingCall, type Interceptor, type Metadata, status } from '@grpc/grpc-js';

/** What Node's HTTP/2 takes in all. */
const HEADERS_BYTES = 65_536;
/** What is left to the headers that HTTP/2 and grpc-js add: the path, the authority, the user agent and so on. */
const OTHER_HEADERS_BYTES = 2_048;

/**
 * A client interceptor that ends a call with RESOURCE_EXHAUSTED, before anything of it is sent, when its headers are
 * larger than a server takes. If they were sent, Node's HTTP/2 would break the connection, with all of its calls.
 */
export function limitHeaders(): Interceptor {
  return (options, next) => {
    const call = new InterceptingCall(next(options), {
      start(metadata, listener, start) {
        start(metadata, listener);
        const bytes = headerBytes(metadata);
        if (bytes <= HEADERS_BYTES - OTHER_HEADERS_BYTES) return;
        // grpc-js sends nothing before its next turn.
        call.cancelWithStatus(
          status.RESOURCE_EXHAUSTED,
          `the metadata of this call is too large: ${bytes} bytes, of ${HEADERS_BYTES - OTHER_HEADERS_BYTES} at most`,
        );
      },
    });
    return call;
  };
}

/** As HTTP/2 counts (RFC 9113, 6.5.2): each name and value, and 32 bytes. */
function headerBytes(metadata: Metadata): number {
  let bytes = 0;
  for (const [name, values] of Object.entries(metadata.toHttp2Headers())) {
    for (const value of [values ?? []].flat()) {
      bytes += Buffer.byteLength(name) + Buffer.byteLength(String(value)) + 32;
    }
  }
  return bytes;
}
