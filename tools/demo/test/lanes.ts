/** Which of the sequences a line of the demo belongs to whose order cannot differ from run to run. */
function laneOf(line: string): string {
  if (line.startsWith('◀')) return 'server sends';
  if (line.endsWith('▶')) return 'client sends';
  if (line.startsWith('| ')) return 'client prints';
  if (line.endsWith(' |')) return 'server prints';
  if (line.startsWith(' ')) return 'server hears';
  return 'client hears';
}

/** What only a busy machine makes of a call that nothing holds up. */
const WAITING = /send waits: message \d+ is not taken yet$|send goes on$|^\d+ not read yet$/;

/** What comes every second. How many of them there are until one ends a call depends on how busy the machine is. */
const TICK =
  /^◀─+ (Hello, world!|true, GUID, SomeTagName, .*)$|^Hello, world! ─+▶$|^ +Received request: .* \|$|^\| GUID$/;

/**
 * What the demo printed, if that agrees with the document: as the document has it. Client and server are two processes,
 * so a line of one may come before or after a line of the other that is not its cause; within a lane the order is the
 * same, and each lane has the same lines under each title: but for ticks, of which one is as good as several.
 */
export function asWritten(written: string, printed: string): string {
  return lanes(written) === lanes(printed) ? written : printed;
}

function lanes(text: string): string {
  const sorted = new Map<string, string[]>();
  let run = 0;
  for (const line of text.trimEnd().split('\n')) {
    if (WAITING.test(line)) continue;
    const lane = laneOf(line);
    if (line.startsWith('pnpm ')) run++;
    const isTick = TICK.test(line);
    // A server hears of an end, and prints what it has to say about a call, when it comes to it: under the next title
    // perhaps. Until then it sends its ticks.
    const isLate = lane === 'server prints' || lane === 'server hears' || (lane === 'server sends' && isTick);
    const key = isLate ? `${lane}${isTick ? ' each second' : ''}` : `${run} ${lane}`;
    const before = sorted.get(key) ?? [];
    if (!isTick || before.at(-1) !== line) sorted.set(key, [...before, line]);
  }
  return JSON.stringify([...sorted].sort(([a], [b]) => a.localeCompare(b)));
}
