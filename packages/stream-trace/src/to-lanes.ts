import { styleText } from 'node:util';
import { cut } from './format.ts';
import { isOfWire, type TraceEvent } from './trace-event.ts';
import { words } from './words.ts';

export interface LaneOptions {
  /** Columns of the terminal. Default: 80. */
  readonly width?: number;
  readonly color?: boolean;
  /**
   * Whether both sides are recorded, so that what one of them received is drawn where the other has sent it. Default:
   * false, for the record of one side.
   */
  readonly hasBothSides?: boolean;
  /** Whether each line begins with the milliseconds since the call began, and the id of the call. */
  readonly hasTimes?: boolean;
}

const SHORTEST_ARROW = 8;
const MS_WIDTH = 8;
const ID_WIDTH = 8;
/** How wide the milliseconds and the id of a call are, with the spaces after them. */
export const TIMES_WIDTH = MS_WIDTH + 1 + ID_WIDTH + 1;

/** The line above the lanes. */
export function laneTitles({ width = 80, hasTimes = false }: LaneOptions = {}): string {
  const before = hasTimes ? `${'ms'.padStart(MS_WIDTH)} ${'call'.padEnd(ID_WIDTH)} ` : '';
  return `${before}${'client'.padEnd(width - before.length - 'server'.length)}server`;
}

/**
 * An event as a line in two lanes, client on the left and server on the right: an arrow for what one side sent to the
 * other, and a word below its lane for what only one side knows. Undefined for what needs no line.
 */
export function laneOf(event: TraceEvent, options: LaneOptions = {}): string | undefined {
  const { width = 80, color = false, hasBothSides = false, hasTimes = false } = options;
  const whole = label(event, hasBothSides);
  if (whole === undefined) return undefined;
  const before = hasTimes
    ? `${event.ms.toFixed(1).padStart(MS_WIDTH)} ${cut(event.call, ID_WIDTH).padEnd(ID_WIDTH)} `
    : '';
  const lane = width - before.length;
  const text = cut(whole, lane - SHORTEST_ARROW);
  const line = `${before}${isArrow(event, hasBothSides) ? arrow(event, text, lane) : beside(event, text, lane)}`;
  return color ? styleText(event.side === 'client' ? 'yellow' : 'cyan', line) : line;
}

/** What a line says of an event; undefined for headers, and for what is taken as it comes. */
export function label(event: TraceEvent, hasBothSides: boolean): string | undefined {
  if (event.event === 'headers') return undefined;
  const isReceived = isOfWire(event) && !event.sent;
  if (!isReceived || !hasBothSides) return words(event);
  if (event.event === 'cancel') return words(event);
  return event.event === 'status' && event.text !== 'OK' ? `has the status ${event.text}` : undefined;
}

/** Whether this side has sent it to the other. */
export function isDrawnAtSender(event: TraceEvent): boolean {
  return isOfWire(event) && event.sent;
}

/** A cancel that nobody has sent is no arrow: it may be of this side's own making. */
function isArrow(event: TraceEvent, hasBothSides: boolean): boolean {
  return isDrawnAtSender(event) || (isOfWire(event) && !hasBothSides && event.event !== 'cancel');
}

function arrow({ side, sent }: TraceEvent, text: string, width: number): string {
  const shaft = '─'.repeat(width - text.length - 2);
  return (side === 'client') === sent ? `${text} ${shaft}▶` : `◀${shaft} ${text}`;
}

function beside({ side }: TraceEvent, text: string, width: number): string {
  return side === 'client' ? text : text.padStart(width);
}
