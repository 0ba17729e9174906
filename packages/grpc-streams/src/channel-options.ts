import type { ChannelOptions } from '@grpc/grpc-js';
import { STREAMING_RETRY_BYTES } from './grpc-js-internals.ts';

/**
 * For a client that streams: `new ChatClient(address, credentials, STREAMING)`.
 *
 * By default grpc-js keeps up to 1 MiB of each call's sent messages for transparent retries, walks that list for
 * every message sent, and lets `write` return true until it is full. With 64 KiB, writes wait for the transport,
 * memory stays flat, and the small messages of a long stream go out about ten times as fast.
 *
 * The price: a call that has sent more than that is not retried, neither transparently nor by a `retryPolicy` of the
 * service config. A call of this package that sends one request, unary or server-streaming, is retried as ever, up to
 * grpc-js's own 1 MiB; one that is made by plain grpc-js pays the price too.
 */
export const STREAMING: ChannelOptions = { 'grpc.per_rpc_retry_buffer_size': STREAMING_RETRY_BYTES };

/**
 * For a client or a server with long streams: `{ ...STREAMING, ...KEEPALIVE }`. A peer that is frozen, or cut off
 * without a word, is noticed after 5 minutes and 10 s at most, and its calls fail with UNAVAILABLE; without it, never.
 *
 * The price: a ping every 5 minutes on each connection. That is as often as servers in C++, Go, Java and Python allow
 * where nobody has told them otherwise; over a few more pings than that they close the connection ("too_many_pings").
 * A client that must know earlier needs a server that allows it, as those of grpc-js do.
 */
export const KEEPALIVE: ChannelOptions = { 'grpc.keepalive_time_ms': 300_000, 'grpc.keepalive_timeout_ms': 10_000 };

/**
 * For a client or a server: messages up to 64 MiB, both ways, where grpc-js takes 4 from the peer and sends any. A larger
 * one ends its call with RESOURCE_EXHAUSTED.
 *
 * The price: a peer can make this process hold that much for every call. Many smaller messages on a stream are nearly
 * always better.
 */
export const LARGE_MESSAGES: ChannelOptions = {
  'grpc.max_receive_message_length': 64 * 2 ** 20,
  'grpc.max_send_message_length': 64 * 2 ** 20,
};
