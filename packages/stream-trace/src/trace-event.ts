import { status } from '@grpc/grpc-js';

/** One thing that happened on a call, as one side of it saw it. */
export interface TraceEvent {
  /** Milliseconds since 1970, with fractions: comparable between the processes of one machine. */
  readonly at: number;
  readonly side: 'client' | 'server';
  /** The id of the call, the same on both sides. */
  readonly call: string;
  /** The path: `/Chat/chat` */
  readonly method: string;
  readonly event: 'open' | 'headers' | 'message' | 'half-close' | 'status' | 'cancel';
  /** True if this side sent it, false if it received it. */
  readonly sent: boolean;
  /** The message in brief, or the status. */
  readonly text?: string;
}

/** Is told of every event as it happens. */
export type TraceListener = (event: TraceEvent) => void;

const LONGEST_TEXT = 200;

export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** A message in one short line: of a generated class, of proto-loader's plain objects, or anything else. */
export function describeMessage(message: unknown): string {
  const text = describe(hasToObject(message) ? message.toObject() : message).trim();
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

/** `OK`, or the name of the status and its details. */
export function describeStatus(code: status, details: string): string {
  return details && code !== status.OK ? `${status[code]}: ${details}` : (status[code] ?? `${code}`);
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && field !== '' && !isEmpty(field));
  // With few fields, their names go without saying.
  return fields.map(([, field]) => describe(field)).join(', ');
}

const isEmpty = (field: unknown) => Array.isArray(field) && field.length === 0;

function hasToObject(message: unknown): message is { toObject(): unknown } {
  return typeof message === 'object' && message !== null && 'toObject' in message;
}
