import { type Message, numberedMessages } from '../messages.ts';

/** A library whose memory is measured. What it counts is what the sender got rid of, and what the server has open. */
export interface MemoryStack {
  /** Starts the server, and gives the port. */
  listen(counts: Counts): Promise<number>;
  connect(port: number, counts: Counts): MemoryClient;
}

export interface Counts {
  /** Messages that the library took from a sender. */
  sent: number;
  /** Idle calls whose handler runs. */
  open: number;
}

export interface MemoryClient {
  /** Sends for ever to a handler that does not read. */
  sendToServer(): void;
  /** Makes the server send for ever, and does not read. */
  letServerSend(): void;
  /** Opens a bidirectional call on which nothing happens. */
  openIdle(): void;
}

export type MemoryStackName = 'grpc-streams' | 'grpc-js-default';

/** Messages without end, counted as they are taken. */
export function* endlessMessages(counts: Counts): Generator<Message> {
  for (const message of numberedMessages(Number.POSITIVE_INFINITY, MESSAGE_BYTES)) {
    yield message;
    counts.sent += 1;
  }
}

export const MESSAGE_BYTES = 1_024;

/** Each connection of its own: calls of one channel share one. */
export const OWN_CONNECTION = { 'grpc.use_local_subchannel_pool': 1 };
