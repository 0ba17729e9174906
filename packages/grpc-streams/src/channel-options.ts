import type { ChannelOptions } from '@grpc/grpc-js';

/**
 * For a client that streams: `new ChatClient(address, credentials, STREAMING)`.
 *
 * By default grpc-js keeps up to 1 MiB of each call's sent messages for transparent retries, walks that list for
 * every message sent, and lets `write` return true until it is full. With 64 KiB, writes wait for the transport,
 * memory stays flat, and small messages go out about ten times as fast. The price: a call that has sent more than
 * that is not retried transparently.
 */
export const STREAMING: ChannelOptions = { 'grpc.per_rpc_retry_buffer_size': 65_536 };
