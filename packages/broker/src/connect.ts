import type { Broker, MessageKind, Relay } from './broker.ts';
import { type BrokerOptions, targetOf } from './options.ts';

// What speaks NATS is loaded when a broker is named, and only then.

/**
 * Connects to the broker that the options name, for a log of messages.
 *
 * @param name that of the stream: one for all replicas of a service
 * @throws OperatorError in words when that is not possible
 */
export async function connectLog<Message>(
  url: string,
  options: BrokerOptions,
  name: string,
  kind: MessageKind<Message>,
): Promise<Broker<Message>> {
  const target = targetOf(url, options);
  return (await import('./nats.ts')).openLog(target, name, kind);
}

/** As {@link connectLog}, for messages that are passed on and not kept. */
export async function connectRelay<Message>(
  url: string,
  options: BrokerOptions,
  name: string,
  kind: MessageKind<Message>,
): Promise<Relay<Message>> {
  const target = targetOf(url, options);
  return (await import('./nats.ts')).openRelay(target, name, kind);
}
