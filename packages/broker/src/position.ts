import { status } from '@grpc/grpc-js';
import { statusError } from 'grpc-streams';

const POSITION = /^([\w-]{8})\.(0|[1-9]\d{0,15})$/;

/** What a log has. */
export interface Extent {
  /** What it is called, in 8 letters of base64url: another log, which numbers other messages, has another name. */
  readonly name: string;
  /** The sequence of the first message that it keeps, or would keep. */
  readonly first: number;
  /** Of the last one. */
  readonly last: number;
}

/** The position right behind a message of a log, for clients to bring back. */
export function positionOf(name: string, sequence: number): string {
  return `${name}.${sequence}`;
}

/**
 * The sequence of the message right before a position.
 *
 * @param position any text
 * @throws the status OUT_OF_RANGE when it is no position of this log, or messages behind it are gone
 */
export function sequenceAt(position: string, { name, first, last }: Extent): number {
  const [, log, digits] = POSITION.exec(position) ?? [];
  const sequence = Number(digits);
  if (log !== name || sequence > last) {
    throw statusError(
      status.OUT_OF_RANGE,
      'the position is not of this log, which may have begun anew; subscribe without it',
    );
  }
  if (sequence + 1 < first) {
    throw statusError(
      status.OUT_OF_RANGE,
      'the position is too old: what came next is no longer kept; subscribe without it',
    );
  }
  return sequence;
}
