import { formatBytes, formatCount } from './format.ts';
import type { TraceEvent } from './trace-event.ts';

/** What an event says, in a line; undefined for what goes without saying. */
export function words({
  event,
  sent,
  method,
  text = '',
  number = 0,
  times = 1,
  bytes = 0,
}: TraceEvent): string | undefined {
  switch (event) {
    case 'open':
      return `open ${method}`;
    case 'message':
      return messageWords(text, times, bytes);
    case 'half-close':
      return 'half-close';
    case 'cancel':
      // One that the other side did not send comes of this side's own grpc-js: a cancel, a deadline, a lost connection.
      return sent ? 'cancel' : 'call cancelled';
    case 'status':
      return `status ${text}`;
    case 'waits':
      return `send waits: message ${formatCount(number)} is not taken yet`;
    case 'goes on':
      return 'send goes on';
    case 'unread':
      return `${formatCount(times)} not read yet`;
    case 'dropped':
      return `${formatCount(times)} dropped, not read`;
    case 'signal':
      return `signal: ${text}`;
    case 'note':
      return text;
    default:
      return undefined;
  }
}

function messageWords(text: string, times: number, bytes: number): string {
  const size = bytes >= 1_024 ? formatBytes(bytes) : '';
  if (times > 1) return `… × ${formatCount(times)}${size && ` (${size})`}`;
  return `${text || '(empty)'}${size && ` (${size})`}`;
}
