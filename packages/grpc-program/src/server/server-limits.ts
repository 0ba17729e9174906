import type { ChannelOptions } from '@grpc/grpc-js';
import { keepalive } from '../keepalive.ts';

const MIB = 2 ** 20;

/** What a server has where nobody says otherwise, by the names of its options. */
export const SERVER_DEFAULTS = {
  host: 'localhost',
  graceSeconds: 5,
  maxMessageMib: 4, // gRPC's own
  maxStreams: 1_000,
  maxCalls: 20_000,
  maxConnections: 10_000,
  maxIdleSeconds: 300,
  maxConnectionAgeSeconds: 0,
  keepaliveSeconds: 30,
};

/** What a server allows its clients, in the words of its command line. Defaults: those that `--help` tells. */
export interface ServerLimits {
  /** A message that is larger, either way, ends its call with RESOURCE_EXHAUSTED. */
  readonly maxMessageMib?: number | undefined;
  /** The same for received messages alone, in place of it. */
  readonly maxReceiveMib?: number | undefined;
  /** Further calls on the same connection wait in the client until one ends. */
  readonly maxStreams?: number | undefined;
  /** Further calls, on all connections together, end with RESOURCE_EXHAUSTED. Health checks are not counted. */
  readonly maxCalls?: number | undefined;
  /** Further connections are refused, on each address that the server listens on. */
  readonly maxConnections?: number | undefined;
  /** A connection that has had no call for so long is closed; 0 for never. */
  readonly maxIdleSeconds?: number | undefined;
  /**
   * A connection that is older takes no new calls, so that clients meet the servers that were added since. Its calls
   * have the grace period to end, then they end with UNAVAILABLE; 0 for never.
   */
  readonly maxConnectionAgeSeconds?: number | undefined;
  /**
   * A connection is pinged so often, and dropped when no answer comes within the same time, or 10 s: how a client that
   * froze or was cut off is noticed.
   */
  readonly keepaliveSeconds?: number | undefined;
}

/**
 * Those of them that grpc-js has options for. Nothing sets the size of headers: Node's HTTP/2 refuses a header of more
 * than 64 KiB on the wire, and more than 128 headers.
 */
export function serverChannelOptions({
  maxMessageMib = SERVER_DEFAULTS.maxMessageMib,
  maxReceiveMib = maxMessageMib,
  maxStreams = SERVER_DEFAULTS.maxStreams,
  maxIdleSeconds = SERVER_DEFAULTS.maxIdleSeconds,
  keepaliveSeconds = SERVER_DEFAULTS.keepaliveSeconds,
}: ServerLimits): ChannelOptions {
  return {
    'grpc.max_receive_message_length': maxReceiveMib * MIB,
    'grpc.max_send_message_length': maxMessageMib * MIB,
    'grpc.max_concurrent_streams': maxStreams,
    ...keepalive(keepaliveSeconds),
    ...(maxIdleSeconds > 0 && { 'grpc.max_connection_idle_ms': maxIdleSeconds * 1_000 }),
  };
}
