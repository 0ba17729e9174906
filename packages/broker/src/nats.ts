import { OperatorError } from 'grpc-program/options';
import type { Broker, MessageKind } from './broker.ts';
import { JetStreamLog } from './jet-stream-log.ts';
import { Link } from './link.ts';
import type { Target } from './options.ts';

/** @throws OperatorError */
export async function openLog<Message>(
  target: Target,
  name: string,
  kind: MessageKind<Message>,
): Promise<Broker<Message>> {
  const link = await Link.open(target);
  try {
    return await JetStreamLog.open(link, name, kind);
  } catch (error) {
    await link.close();
    throw new OperatorError(`the stream "${name}" of the broker cannot be used: ${(error as Error).message}`);
  }
}
