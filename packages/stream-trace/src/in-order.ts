import type { TraceEvent } from './trace-event.ts';

/**
 * The events of both sides in one order: each side's own order, and nothing received before it was sent. Clocks of two
 * processes may differ by a fraction of a millisecond; causes do not.
 */
export function inOrder(events: readonly TraceEvent[]): TraceEvent[] {
  const bySide = (side: TraceEvent['side']) =>
    events.filter((event) => event.side === side).sort((a, b) => a.at - b.at);
  const queues = { client: bySide('client'), server: bySide('server') };
  const sent = new Map<string, number>();
  const key = ({ side, call, event }: TraceEvent) => `${side} ${call} ${event}`;
  const cause = (received: TraceEvent) => key({ ...received, side: received.side === 'client' ? 'server' : 'client' });

  const causes = new Map<string, number>();
  for (const event of events) if (event.sent) causes.set(key(event), (causes.get(key(event)) ?? 0) + 1);

  const ordered: TraceEvent[] = [];
  for (;;) {
    const [client, server] = [queues.client[0], queues.server[0]];
    const first = !client || (server && server.at < client.at) ? server : client;
    const other = first === client ? server : client;
    const next = first && isReady(first) ? first : (other ?? first);
    if (!next) return ordered;
    queues[next.side].shift();
    count(sent, key(next), next.sent ? 1 : 0);
    if (!next.sent) count(sent, cause(next), -1);
    ordered.push(next);
  }

  /** Ready: what was sent, and what was received after it was sent or without anybody having recorded sending it. */
  function isReady(event: TraceEvent): boolean {
    return event.sent || (sent.get(cause(event)) ?? 0) > 0 || !causes.has(cause(event));
  }
}

function count(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
