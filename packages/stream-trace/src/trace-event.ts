/** One thing that happened on a call, as one side of it saw it. */
export interface TraceEvent {
  /** Milliseconds since 1970, with fractions: comparable between the processes of one machine. */
  readonly at: number;
  /** Milliseconds since this side began the call. */
  readonly ms: number;
  readonly side: Side;
  /** The id of the call, the same on both sides. */
  readonly call: string;
  /** The path: `/Chat/chat` */
  readonly method: string;
  readonly event: WireEvent | ProgramEvent;
  /** True if this side sent it, false if it received it, or if nothing of it travels. */
  readonly sent: boolean;
  /** The message in brief, the status, or what a note says. */
  readonly text?: string;
  /** Of a message: its place among those of its direction, from 1. Of `waits`: the message that does. */
  readonly number?: number;
  /** Of a message: what it has on the wire, without the five bytes that gRPC puts before it. */
  readonly bytes?: number;
  /** How many messages it stands for; 1 unless it says so. */
  readonly times?: number;
  /** Of several messages: when the last of them came. */
  readonly until?: number;
}

export type Side = 'client' | 'server';

/** What goes over the wire. */
export type WireEvent = 'open' | 'headers' | 'message' | 'half-close' | 'status' | 'cancel';

/**
 * What a program does, or what becomes of its messages; nothing of it travels:
 *
 * - `taken`: the loop over the messages of the call has taken one.
 * - `unread`: so many have arrived, and the loop takes none of them.
 * - `dropped`: so many have arrived that the loop will never take.
 * - `waits`, `goes on`: the transport does not take the message that is to be sent; it does again.
 * - `signal`: the signal of the handler fires, with this status.
 * - `note`: what a program says of itself.
 */
export type ProgramEvent = 'taken' | 'unread' | 'dropped' | 'waits' | 'goes on' | 'signal' | 'note';

/** Is told of every event as it happens. */
export type TraceListener = (event: TraceEvent) => void;

const WIRE_EVENTS: ReadonlySet<string> = new Set<WireEvent>([
  'open',
  'headers',
  'message',
  'half-close',
  'status',
  'cancel',
]);

/** Whether the event is of the wire, and not of the program. */
export function isOfWire({ event }: TraceEvent): boolean {
  return WIRE_EVENTS.has(event);
}

export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** What a program says of itself, as an event of a call, or of none. */
export function noteOf(side: Side, text: string, { call = '', method = '' } = {}): TraceEvent {
  return { at: now(), ms: 0, side, call, method, event: 'note', sent: false, text };
}
