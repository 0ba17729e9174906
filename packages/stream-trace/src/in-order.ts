import type { TraceEvent } from './trace-event.ts';

/**
 * The events of both sides in one order: each side's own order, and nothing received before it was sent. Clocks of two
 * processes may differ by a fraction of a millisecond; causes do not.
 */
export function inOrder(events: readonly TraceEvent[]): TraceEvent[] {
  const bySide = (side: TraceEvent['side']) =>
    events.filter((event) => event.side === side).sort((a, b) => a.at - b.at);
  const queues = { client: { at: 0, events: bySide('client') }, server: { at: 0, events: bySide('server') } };
  /** By what is sent: how many of it there are in all, and how many have had their turn. */
  const causes = new Map<string, { total: number; sent: number }>();
  for (const event of events) if (event.sent) causeOf(event).total += event.times ?? 1;

  const ordered: TraceEvent[] = [];
  for (;;) {
    const [client, server] = [queues.client, queues.server].map(({ at, events }) => events[at]);
    const first = !client || (server && server.at < client.at) ? server : client;
    const other = first === client ? server : client;
    const next = first && isReady(first) ? first : (other ?? first);
    if (!next) return ordered;
    queues[next.side].at += 1;
    if (next.sent) causeOf(next).sent += next.times ?? 1;
    ordered.push(next);
  }

  function causeOf({ side, sent, call, event, text }: TraceEvent) {
    // A status that the client's grpc-js made by itself is not the one that the server sent.
    const what = event === 'status' ? text : '';
    const key = `${sent === (side === 'client') ? 'up' : 'down'} ${call} ${event} ${what}`;
    const cause = causes.get(key) ?? { total: 0, sent: 0 };
    causes.set(key, cause);
    return cause;
  }

  /** Ready: what was sent, and what was received after it was sent or without anybody having recorded sending it. */
  function isReady(event: TraceEvent): boolean {
    if (event.sent) return true;
    const { total, sent } = causeOf(event);
    const number = event.number ?? 1;
    return sent >= number || total < number;
  }
}
