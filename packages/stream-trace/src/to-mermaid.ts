import { inOrder } from './in-order.ts';
import type { TraceEvent } from './trace-event.ts';

/** A sequence diagram that GitHub draws: an arrow for whatever one side sent, a note for what only one side saw. */
export function toMermaid(events: readonly TraceEvent[]): string {
  const lines = ['sequenceDiagram', '  participant client', '  participant server'];
  for (const event of inOrder(events)) {
    const line = draw(event);
    if (line) lines.push(`  ${line}`);
  }
  return `${lines.join('\n')}\n`;
}

function draw({ side, sent, event, method, text = '' }: TraceEvent): string | undefined {
  if (!sent) {
    // Nobody sent it; grpc-js itself told this side.
    if (event === 'cancel') return `note over ${side}: call cancelled`;
    return undefined;
  }
  if (event === 'headers') return undefined;
  const arrow = side === 'client' ? 'client->>server' : 'server-->>client';
  const what = { open: method, message: text, 'half-close': 'half-close', cancel: 'cancel', status: `status ${text}` };
  return event in what ? `${arrow}: ${escaped(what[event as keyof typeof what])}` : undefined;
}

/** Mermaid ends a text at a semicolon, and takes # for the start of a character code. */
function escaped(text: string): string {
  return text.replaceAll(/[#;]/g, (char) => `#${char.charCodeAt(0)};`).replaceAll('\n', ' ') || '(empty)';
}
