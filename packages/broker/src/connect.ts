import type { Broker, MessageKind, Relay } from './broker.ts';
import { type BrokerOptions, targetOf } from './options.ts';

/** What a service wants of a broker. */
export interface Connection<Message> {
  /** That of the stream: one for all replicas of the service. */
  readonly name: string;
  readonly kind: MessageKind<Message>;
  /** Hears when the broker is away, and when it is back. */
  readonly warn: (message: string) => void;
}

// What speaks NATS is loaded when a broker is named, and only then.

/**
 * Connects to the broker that the options name, for a log of messages.
 *
 * @throws OperatorError in words when that is not possible
 */
export async function connectLog<Message>(
  url: string,
  options: BrokerOptions,
  connection: Connection<Message>,
): Promise<Broker<Message>> {
  const target = targetOf(url, options);
  return (await import('./nats.ts')).openLog(target, connection);
}

/**
 * As {@link connectLog}, for messages that are passed on and not kept.
 *
 * @param forgetMs so long, at most, the others wait for a process that is gone; 30 s without
 */
export async function connectRelay<Message>(
  url: string,
  options: BrokerOptions,
  connection: Connection<Message>,
  forgetMs?: number,
): Promise<Relay<Message>> {
  const target = targetOf(url, options);
  return (await import('./nats.ts')).openRelay(target, connection, forgetMs);
}
