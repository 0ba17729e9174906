import { setTimeout } from 'node:timers/promises';
import type { MemoryStackName } from './memory-stack.ts';
import { Sides, sample } from './sides.ts';

const PAUSE_MS = 250;

export type Direction = 'client to server' | 'server to client';

/** What a sender got rid of, and how both processes grew at the most, in MiB, while the peer did not read. */
export interface Stalled {
  readonly sent: number;
  readonly sender: number;
  readonly receiver: number;
}

export async function measureStalled(stack: MemoryStackName, direction: Direction, seconds: number): Promise<Stalled> {
  using sides = new Sides(stack, seconds + 30);
  await sides.connect();
  const { client, server } = sides;
  const [sender, receiver] = direction === 'client to server' ? [client, server] : [server, client];
  const before = {
    sender: await sample(sender, { collect: true }),
    receiver: await sample(receiver, { collect: true }),
  };
  await client.ask({ name: direction === 'client to server' ? 'sendToServer' : 'letServerSend' });

  const growth = { sent: 0, sender: 0, receiver: 0 };
  const grown = (now: number, then: number) => (now - then) / 2 ** 20;
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
    await setTimeout(PAUSE_MS);
    const [ofSender, ofReceiver] = await Promise.all([sample(sender), sample(receiver)]);
    growth.sent = ofSender.sent;
    growth.sender = Math.max(growth.sender, grown(ofSender.rss, before.sender.rss));
    growth.receiver = Math.max(growth.receiver, grown(ofReceiver.rss, before.receiver.rss));
  }
  return growth;
}
