import type { ChannelOptions } from '@grpc/grpc-js';

/** A connection is pinged so often, and dropped when no answer comes within the same time, or 10 s. */
export function keepalive(seconds: number): ChannelOptions {
  return {
    'grpc.keepalive_time_ms': seconds * 1_000,
    'grpc.keepalive_timeout_ms': Math.min(seconds, 10) * 1_000,
  };
}
