import type { ChannelOptions } from '@grpc/grpc-js';

const MIB = 2 ** 20;

/** What a server allows its clients, in the words of its command line. */
export interface ServerLimits {
  /** A message that is larger, either way, ends its call with RESOURCE_EXHAUSTED. Default: 4, gRPC's own. */
  readonly maxMessageMib?: number | undefined;
  /** Further calls on the same connection wait in the client until one ends. Default: 1,000. */
  readonly maxStreams?: number | undefined;
  /**
   * A connection is pinged so often, and dropped when no answer comes within the same time, or 10 s: how a client that
   * froze or was cut off is noticed. Default: 30.
   */
  readonly keepaliveSeconds?: number | undefined;
  /**
   * A connection that is older takes no new calls, so that clients meet the servers that were added since. Its calls
   * have the grace period to end, then they are dropped. Default: 0, which is never.
   */
  readonly maxConnectionAgeSeconds?: number | undefined;
}

/**
 * The same as options of grpc-js. It has none for the size of headers: Node's HTTP/2 refuses a header of more than
 * 64 KiB on the wire, and more than 128 headers.
 */
export function serverChannelOptions(
  { maxMessageMib = 4, maxStreams = 1_000, keepaliveSeconds = 30, maxConnectionAgeSeconds = 0 }: ServerLimits,
  graceMs: number,
): ChannelOptions {
  return {
    'grpc.max_receive_message_length': maxMessageMib * MIB,
    'grpc.max_send_message_length': maxMessageMib * MIB,
    'grpc.max_concurrent_streams': maxStreams,
    'grpc.keepalive_time_ms': keepaliveSeconds * 1_000,
    'grpc.keepalive_timeout_ms': Math.min(keepaliveSeconds, 10) * 1_000,
    ...(maxConnectionAgeSeconds > 0 && {
      'grpc.max_connection_age_ms': maxConnectionAgeSeconds * 1_000,
      'grpc.max_connection_age_grace_ms': graceMs,
    }),
  };
}
