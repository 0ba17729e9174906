import { findNatsServer, GET_NATS_SERVER, NatsServer, skip, stopLater } from '@grpc-by-example/testing';
import { type ConsumerAPI, JetStreamApiError } from '@nats-io/jetstream';
import type { TestContext } from 'vitest';
import { type Broker, type BrokerOptions, connectLog, type MessageKind } from '../src/index.ts';

/** A message for these tests. */
export interface Note {
  readonly topic: string;
  readonly text: string;
  readonly position?: string;
}

export const notes: MessageKind<Note> = {
  topicOf: ({ topic }) => topic,
  encode: ({ topic, text }) => Buffer.from(JSON.stringify({ topic, text })),
  decode: (bytes, position) => ({ ...JSON.parse(Buffer.from(bytes).toString()), position }),
  bytesOf: ({ text }) => text.length,
};

/** Starts a nats-server of its own for a test; skips the test where there is none. */
export async function natsServer(context: TestContext, ...args: string[]): Promise<NatsServer> {
  const path = findNatsServer();
  if (!path) return skip(context, `nats-server is not here; ${GET_NATS_SERVER}`);
  return NatsServer.start(path, args);
}

export async function connect(url: string, options: BrokerOptions = {}): Promise<Broker<Note>> {
  const log = await connectLog(url, options, { name: 'notes', kind: notes, warn: () => {} });
  stopLater(() => log.close());
  return log;
}

/** Has the stream forget a reader, as it does one that is silent. On a busy machine the reader may have left it by itself. */
export async function forget(consumers: ConsumerAPI, name: string): Promise<void> {
  try {
    await consumers.delete('notes', name);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.status === 404)) throw error;
  }
}
