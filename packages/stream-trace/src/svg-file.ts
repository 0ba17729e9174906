import { folded } from './fold.ts';
import { SVG_STYLE, toSvg } from './to-svg.ts';
import { toTable } from './to-table.ts';
import type { TraceEvent } from './trace-event.ts';

export interface SvgFile {
  readonly title: string;
  /** What stands above the lanes of the callers, and above that of the server. */
  readonly names?: readonly string[];
  readonly server?: string;
  readonly events: readonly TraceEvent[];
}

/**
 * A picture as a file of its own, with the events that it was drawn from, and with its steps in words. Calls are told
 * by letters, and times from the first event on, so that it says nothing of the machine.
 */
export function toSvgFile({ title, events, ...names }: SvgFile): string {
  const kept = folded(anonymous(events)); // in this order, drawing it again changes nothing
  const steps = toTable(kept).map(({ side, text, state }) => `${side}: ${text}${state && ` (${state})`}`);
  const inside = [
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(steps.join('\n'))}</desc>`,
    `<metadata>${escaped(JSON.stringify(kept))}</metadata>`,
    `<style>\n${SVG_STYLE}</style>`,
  ];
  const drawn = toSvg(kept, { ...names, title });
  return `${drawn.replace(/^<svg[^>]*>/, (open) => `${open}\n${inside.join('\n')}\n`).replaceAll(/(<(?:g|text) )/g, '\n$1')}\n`;
}

/** What a file of {@link toSvgFile} was drawn from. */
export function readSvgFile(svg: string): SvgFile {
  const part = (name: string) => unescaped(svg.match(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`))?.[1] ?? '');
  return { title: part('title'), events: JSON.parse(part('metadata')) as TraceEvent[] };
}

function anonymous(events: readonly TraceEvent[]): TraceEvent[] {
  const start = Math.min(...events.map(({ at }) => at));
  const since = (at: number) => Math.round((at - start) * 10) / 10;
  const calls = [...new Set(events.map(({ call }) => call))];
  return events.map((event) => ({
    ...event,
    at: since(event.at),
    call: String.fromCharCode(97 + calls.indexOf(event.call)),
    ...(event.until !== undefined && { until: since(event.until) }),
  }));
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
