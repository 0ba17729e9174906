import { styleText } from 'node:util';
import type { TraceEvent } from './trace-event.ts';

export interface LaneOptions {
  /** Columns of the terminal. Default: 80. */
  readonly width?: number;
  readonly color?: boolean;
}

const SHORTEST_ARROW = 8;

/** The line above the lanes. */
export function laneTitles({ width = 80 }: LaneOptions = {}): string {
  return `${'client'.padEnd(width - 'server'.length)}server`;
}

/**
 * An event as a line in two lanes, client on the left and server on the right: an arrow for whatever one side sent.
 * Undefined for what needs no line: headers, and what arrived as it was sent.
 */
export function laneOf(event: TraceEvent, { width = 80, color = false }: LaneOptions = {}): string | undefined {
  const whole = label(event);
  if (!whole) return undefined;
  const text = whole.length > width - SHORTEST_ARROW ? `${whole.slice(0, width - SHORTEST_ARROW - 1)}…` : whole;
  const paint = (line: string) => (color ? styleText(event.side === 'client' ? 'yellow' : 'cyan', line) : line);
  if (!event.sent) return paint(event.side === 'client' ? text : text.padStart(width));
  const shaft = '─'.repeat(width - text.length - 2);
  return paint(event.side === 'client' ? `${text} ${shaft}▶` : `◀${shaft} ${text}`);
}

function label({ event, sent, method, text = '' }: TraceEvent): string | undefined {
  // An ending that the other side did not send comes from this side's own grpc-js: a cancel, a deadline, a lost
  // connection.
  if (!sent)
    return event === 'cancel' ? 'call cancelled' : event === 'status' && text !== 'OK' ? `reads ${text}` : undefined;
  switch (event) {
    case 'open':
      return `open ${method}`;
    case 'message':
      return text || '(empty)';
    case 'status':
      return `status ${text}`;
    case 'headers':
      return undefined;
    default:
      return event;
  }
}
