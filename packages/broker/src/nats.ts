import { OperatorError } from 'grpc-program/options';
import type { Broker, MessageKind, Relay } from './broker.ts';
import { JetStreamLog } from './jet-stream-log.ts';
import { JetStreamRelay } from './jet-stream-relay.ts';
import { Link } from './link.ts';
import type { Target } from './options.ts';

/** @throws OperatorError */
export function openLog<Message>(target: Target, name: string, kind: MessageKind<Message>): Promise<Broker<Message>> {
  return open(target, name, (link) => JetStreamLog.open(link, name, kind));
}

/** @throws OperatorError */
export function openRelay<Message>(target: Target, name: string, kind: MessageKind<Message>): Promise<Relay<Message>> {
  return open(target, name, (link) => JetStreamRelay.open(link, name, kind));
}

async function open<Opened>(target: Target, name: string, use: (link: Link) => Promise<Opened>): Promise<Opened> {
  const link = await Link.open(target);
  try {
    return await use(link);
  } catch (error) {
    await link.close();
    throw new OperatorError(`the stream "${name}" of the broker cannot be used: ${(error as Error).message}`);
  }
}
