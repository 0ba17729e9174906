import { isOfWire, type TraceEvent } from 'stream-trace';
import type { Life } from './live.ts';

const SIDES = ['client', 'server'] as const;

/** One life as lines: what each side sent and got, in its own order, and the events of grpc-js on either call. */
export function tell(life: Life): string[] {
  const lines = SIDES.map(
    (side) => `${side}: ${sentence(life.trace.filter((event) => event.side === side && isOfWire(event)))}`,
  );
  for (const side of SIDES) if (life[side].length > 0) lines.push(`${side}'s events: ${life[side].join(', ')}`);
  return lines;
}

/** `sends open, 1, half-close; gets headers, 2, status OK` */
function sentence(events: readonly TraceEvent[]): string {
  let text = '';
  let sent: boolean | undefined;
  for (const event of [...events].sort((a, b) => a.at - b.at)) {
    if (event.sent !== sent) text += `${text && '; '}${event.sent ? 'sends' : 'gets'} `;
    else text += ', ';
    sent = event.sent;
    text += word(event);
  }
  return text;
}

function word({ event, text = '' }: TraceEvent): string {
  if (event === 'message') return `"${text}"`;
  return event === 'status' ? `status ${text.split(':')[0]}` : event;
}
