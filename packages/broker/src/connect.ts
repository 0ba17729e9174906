import type { Broker, MessageKind } from './broker.ts';
import { type BrokerOptions, targetOf } from './options.ts';

/**
 * Connects to the broker that the options name. What speaks NATS is loaded only now.
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
  const { openLog } = await import('./nats.ts');
  return openLog(target, name, kind);
}
