import { Callers } from './callers.ts';
import { folded } from './fold.ts';
import { formatCount } from './format.ts';
import { inOrder } from './in-order.ts';
import { isOfWire, type TraceEvent } from './trace-event.ts';
import { words } from './words.ts';

export interface StoryOptions {
  /** Whether the record, of both sides, goes on: what has not arrived is on its way, and not lost. Default: false. */
  readonly isLive?: boolean;
  /** Of a page: its own calls are those of the first caller. */
  readonly isMine?: ((call: string) => boolean) | undefined;
}

/** One thing that happened, as a picture and a table tell it. */
export interface Told {
  readonly event: TraceEvent;
  /** Whose call it is, from 0. */
  readonly caller: number;
  /** What it says; undefined for what is the end of an arrow, or goes without saying. */
  readonly text: string | undefined;
  /** Whether it went from one side to the other; what only one side knows of is a mark beside its lane. */
  readonly isArrow: boolean;
  /** What became of what was sent: `on its way`, `3 not read`; empty when it is where it should be. */
  readonly state: string;
  /** Whether something is wrong with it. */
  readonly isBad: boolean;
  /** Of what was sent: whether the other side got it, as far as is known. */
  readonly fate: 'arrived' | 'on its way' | 'lost' | 'unknown';
  /** What the arrow of it ends at: the first and the last that the other side got of it. */
  readonly arrivals: readonly [first: TraceEvent, last: TraceEvent] | undefined;
}

/** What both sides know of the messages of one direction of a call. */
interface Direction {
  readonly sent: TraceEvent[];
  readonly received: TraceEvent[];
  arrived: number;
  taken: number;
  hasReader: boolean;
  isDropped: boolean;
}

/** A record in its order, its bursts folded, with what became of everything that was sent. */
export function story(events: readonly TraceEvent[], { isLive = false, isMine }: StoryOptions = {}): Told[] {
  const ordered = inOrder(folded(events));
  const directions = new Map<string, Direction>();
  const ended = new Set<string>();
  const sides = new Map<string, Set<string>>();
  for (const event of ordered) learn(event);
  const callers = new Callers();
  const callerOf = (event: TraceEvent) => {
    // What a program says of itself is of no call.
    if (event.call === '') return 0;
    if (!isMine) return callers.of(event);
    return isMine(event.call) ? 0 : callers.of(event) + 1;
  };
  return ordered.map((event) => ({ event, caller: callerOf(event), ...tell(event) }));

  function learn(event: TraceEvent): void {
    const { call, side, sent } = event;
    sides.set(call, (sides.get(call) ?? new Set()).add(side));
    if ((side === 'client' && event.event === 'status') || (event.event === 'cancel' && !sent)) ended.add(call);
    const direction = directionOf(event);
    const last = (event.number ?? 1) + (event.times ?? 1) - 1;
    if (isOfWire(event)) direction[sent ? 'sent' : 'received'].push(event);
    if (event.event === 'message' && !sent) direction.arrived = Math.max(direction.arrived, last);
    if (event.event === 'taken') direction.taken = Math.max(direction.taken, last);
    if (event.event === 'taken' || event.event === 'unread') direction.hasReader = true;
    if (event.event === 'dropped') direction.isDropped = true;
  }

  /** Messages have a direction of their own, and so has each other kind of event. */
  function directionOf({ call, side, sent, event, text }: TraceEvent): Direction {
    const isUp = (side === 'client') === sent;
    const isMessage = event === 'message' || event === 'taken' || event === 'unread' || event === 'dropped';
    // A status that the client's grpc-js made by itself is not the one that the server sent.
    const kind = isMessage ? 'message' : event === 'status' ? `status ${text}` : event;
    const key = `${call} ${isUp ? 'up' : 'down'} ${kind}`;
    const direction = directions.get(key) ?? {
      ...{ sent: [], received: [], arrived: 0, taken: 0, hasReader: false, isDropped: false },
    };
    directions.set(key, direction);
    return direction;
  }

  function tell(event: TraceEvent): Omit<Told, 'event' | 'caller'> {
    const nothing = { state: '', isBad: false, isArrow: false, fate: 'unknown', arrivals: undefined } as const;
    if (!isOfWire(event))
      return { ...nothing, text: words(event), isBad: event.event === 'dropped' || event.event === 'signal' };
    if (event.event === 'headers') return { ...nothing, text: undefined };
    const isBad = event.event === 'cancel' || (event.event === 'status' && event.text !== 'OK');
    if (event.sent) return { ...becomes(event), isBad, isArrow: true, text: words(event) };
    if (isKnownAtSender(event)) return { ...nothing, text: undefined };
    const isSentUnseen = event.event === 'message' || event.event === 'open';
    const isArrow = isSentUnseen || (isOneSided(event) && !isBad);
    return { ...nothing, isBad, isArrow, text: heard(event) };
  }

  function isKnownAtSender(event: TraceEvent): boolean {
    const { sent } = directionOf(event);
    if (event.event !== 'message') return sent.length > 0;
    return sent.some(
      ({ number = 1, times = 1 }) => number <= (event.number ?? 1) && (event.number ?? 1) < number + times,
    );
  }

  /** Whether only one side of the call is recorded. Of what goes on, the other may have nothing to tell yet. */
  function isOneSided({ call }: TraceEvent): boolean {
    return !isLive && sides.get(call)?.size === 1;
  }

  /** What only this side knows of. Of a record of one side, all that it received. */
  function heard(event: TraceEvent): string | undefined {
    const isAlone = isOneSided(event);
    if (event.event === 'status') return isAlone && event.text === 'OK' ? words(event) : `has the status ${event.text}`;
    return event.event === 'half-close' && !isAlone ? 'sees a half-close' : words(event);
  }

  /** What became of what was sent. */
  function becomes(event: TraceEvent): Pick<Told, 'state' | 'fate' | 'arrivals'> {
    const { received: own, arrived, taken, hasReader, isDropped } = directionOf(event);
    // To the server, a reset may look like a half-close.
    const halfClose = directionOf({ ...event, event: 'half-close' });
    const isReset = event.event === 'cancel' && halfClose.sent.length === 0;
    const received = isReset ? [...own, ...halfClose.received] : own;
    const { number: first = 1, times = 1 } = event;
    if (isOneSided(event)) return { state: '', fate: 'unknown', arrivals: undefined };
    const isMessage = event.event === 'message';
    const there = isMessage ? Math.min(Math.max(arrived - first + 1, 0), times) : Math.min(received.length, 1);
    const missing = times - there;
    const goesOn = isLive && !ended.has(event.call);
    const unread = isMessage && hasReader ? Math.max(0, first + there - 1 - Math.max(taken, first - 1)) : 0;
    const states = [
      missing > 0 && counted(missing, times, goesOn ? 'on its way' : 'lost', goesOn ? 'on their way' : 'lost'),
      unread > 0 && counted(unread, times, isLive && !isDropped ? 'not read' : 'never read'),
    ];
    return {
      state: states.filter(Boolean).join(', '),
      fate: missing === 0 ? 'arrived' : goesOn ? 'on its way' : 'lost',
      arrivals: there === 0 ? undefined : isMessage ? span(received, first, first + there - 1) : ends(received),
    };
  }
}

const counted = (count: number, of: number, one: string, many = one) =>
  of === 1 ? one : `${formatCount(count)} ${count === 1 ? one : many}`;

const ends = ([first]: readonly TraceEvent[]): Told['arrivals'] => first && [first, first];

/** The events that hold the first and the last of these messages. */
function span(received: readonly TraceEvent[], first: number, last: number): Told['arrivals'] {
  const holding = (wanted: number) =>
    received.find(({ number = 1, times = 1 }) => number <= wanted && wanted < number + times);
  const [from, to] = [holding(first), holding(last)];
  return to && [from ?? to, to];
}
