import { OperatorError } from 'grpc-program/options';
import type { Broker, Relay } from './broker.ts';
import type { Connection } from './connect.ts';
import { JetStreamLog } from './jet-stream-log.ts';
import { JetStreamRelay } from './jet-stream-relay.ts';
import { Link } from './link.ts';
import type { Target } from './options.ts';
import { checkPermissions, ofLog, ofRelay } from './permissions.ts';

/** @throws OperatorError */
export function openLog<Message>(target: Target, connection: Connection<Message>): Promise<Broker<Message>> {
  return open(target, connection, ofLog(connection.name), (link) =>
    JetStreamLog.open(link, connection.name, connection.kind),
  );
}

/** @throws OperatorError */
export function openRelay<Message>(
  target: Target,
  connection: Connection<Message>,
  forgetMs?: number,
): Promise<Relay<Message>> {
  return open(target, connection, ofRelay(connection.name), (link) =>
    JetStreamRelay.open(link, connection.name, connection.kind, forgetMs),
  );
}

async function open<Opened>(
  target: Target,
  { name, warn }: Pick<Connection<never>, 'name' | 'warn'>,
  patterns: readonly string[],
  use: (link: Link) => Promise<Opened>,
): Promise<Opened> {
  const link = await Link.open(target, name);
  try {
    await checkPermissions(link, patterns);
    const opened = await use(link);
    link.on('down', () => warn('the broker is away')).on('up', () => warn('the broker is back'));
    warnOfRefusals(link, warn);
    return opened;
  } catch (error) {
    await link.close();
    const { message } = error as Error;
    throw new OperatorError(
      error instanceof Error && error.name === 'JetStreamNotEnabled'
        ? `the NATS server at ${link.place} has no JetStream for these credentials: ${message}; start it with -js`
        : `the stream "${name}" of the broker cannot be used: ${message}`,
    );
  }
}

/** Tells once in a connection: what is refused is tried again. */
function warnOfRefusals(link: Link, warn: Connection<never>['warn']): void {
  let isTold = false;
  link.on('refused', ({ message }) => {
    if (!isTold) warn(`the broker refuses: ${message}`);
    isTold = true;
  });
  link.on('up', () => {
    isTold = false;
  });
}
