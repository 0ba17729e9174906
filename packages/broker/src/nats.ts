import { OperatorError } from 'grpc-program/options';
import type { Broker, Relay } from './broker.ts';
import type { Connection } from './connect.ts';
import { JetStreamLog } from './jet-stream-log.ts';
import { JetStreamRelay } from './jet-stream-relay.ts';
import { Link } from './link.ts';
import type { Target } from './options.ts';

/** @throws OperatorError */
export function openLog<Message>(target: Target, connection: Connection<Message>): Promise<Broker<Message>> {
  return open(target, connection, (link) => JetStreamLog.open(link, connection.name, connection.kind));
}

/** @throws OperatorError */
export function openRelay<Message>(
  target: Target,
  connection: Connection<Message>,
  forgetMs?: number,
): Promise<Relay<Message>> {
  return open(target, connection, (link) => JetStreamRelay.open(link, connection.name, connection.kind, forgetMs));
}

async function open<Opened>(
  target: Target,
  { name, warn }: Pick<Connection<never>, 'name' | 'warn'>,
  use: (link: Link) => Promise<Opened>,
): Promise<Opened> {
  const link = await Link.open(target);
  try {
    const opened = await use(link);
    link.on('down', () => warn('the broker is away')).on('up', () => warn('the broker is back'));
    return opened;
  } catch (error) {
    await link.close();
    throw new OperatorError(`the stream "${name}" of the broker cannot be used: ${(error as Error).message}`);
  }
}
