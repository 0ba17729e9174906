import { type StoryOptions, story } from './story.ts';
import type { TraceEvent } from './trace-event.ts';

/** A line of the table that says the same as the picture. */
export interface ToldEvent {
  /** Since the first event of the record, in milliseconds. */
  readonly ms: number;
  readonly side: 'client' | 'server';
  /** Whose call it is, from 0. */
  readonly caller: number;
  readonly text: string;
  /** What became of what was sent. */
  readonly state: string;
}

/** A record as a table: what {@link toSvg} draws, in the same order. */
export function toTable(events: readonly TraceEvent[], options: StoryOptions = {}): ToldEvent[] {
  const told = story(events, options);
  const start = told[0]?.event.at ?? 0;
  return told.flatMap(({ event, caller, text, state }) =>
    text === undefined ? [] : { ms: event.at - start, side: event.side, caller, text, state },
  );
}
