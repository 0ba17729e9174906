import { isOfWire, type TraceEvent } from 'stream-trace';
import { expect, test } from 'vitest';
import { Screen } from '../src/screen.ts';
import { WHAT_IFS } from '../src/what-if.ts';

async function play(name: keyof typeof WHAT_IFS) {
  const lines: string[] = [];
  const events = await WHAT_IFS[name](new Screen({ isPlain: true, print: (line) => lines.push(line) }));
  const told = (side: TraceEvent['side']) =>
    events
      .filter((event) => event.side === side && isOfWire(event))
      .map(({ event, sent, text }) =>
        [sent ? 'sends' : 'gets', event, ...(event === 'status' ? [text] : [])].join(' '),
      );
  const signal = events.find(({ event }) => event === 'signal')?.text;
  return { client: told('client'), server: told('server'), signal, lines };
}

/**
 * How a call ended at a server whose client has reset it. That may show as a half-close first, after which the chat ends
 * with a status that nobody reads.
 */
function lastOf(server: readonly string[]): string | undefined {
  return server.slice(-2).join() === 'gets half-close,sends status OK' ? 'gets cancel' : server.at(-1);
}

test.concurrent('cancel: the client leaves its loop; both sides end, and no status arrives', async () => {
  const { client, server, signal } = await play('cancel');
  // Unless the reset has shown as a half-close first, and the handler was done.
  if (lastOf(server) === server.at(-1)) expect(signal).toMatch(/^CANCELLED/);
  expect(client.slice(-2)).toEqual(['sends cancel', 'gets status CANCELLED: Cancelled on client']);
  expect(lastOf(server)).toBe('gets cancel');
  expect(server.join()).not.toMatch(/status (?!OK)/);
});

test.concurrent('deadline: each side ends by its own clock', async () => {
  let { client, server } = await play('deadline');
  // A machine that is busy elsewhere may be late with the call itself.
  while (!server.includes('gets open')) ({ client, server } = await play('deadline'));
  expect(client.at(-1)).toMatch(/^gets status DEADLINE_EXCEEDED/);
  expect(lastOf(server)).toBe('gets cancel');
});

test.concurrent('slow-reader: the handler waits until the client reads', async () => {
  const { client, lines } = await play('slow-reader');
  const pause = lines.indexOf('begins to read');
  const sent = (part: string[]) => part.filter((line) => /^◀─+ \d+ \(64 KiB\)$/.test(line)).length;
  expect(sent(lines.slice(0, pause))).toBeLessThan(48);
  expect(lines.slice(0, pause).join('\n')).toMatch(/^ +send waits: message \d+ is not taken yet$/m);
  expect(lines.slice(0, pause).join('\n')).toMatch(/^16 not read yet$/m);
  expect(lines.slice(pause).join('\n')).toMatch(/^ +send goes on$/m);
  expect(sent(lines)).toBe(48);
  expect(client.filter((event) => event === 'gets message')).toHaveLength(48);
  expect(client.at(-1)).toBe('gets status OK');
});

test.concurrent('server-stop: the open call ends with UNAVAILABLE', async () => {
  const { client, server, signal } = await play('server-stop');
  expect(signal).toBe('UNAVAILABLE: server is shutting down');
  expect(server.at(-1)).toBe('sends status UNAVAILABLE: server is shutting down');
  expect(client.at(-1)).toBe('gets status UNAVAILABLE: server is shutting down');
});

test.concurrent('error: a client that has read nothing yet gets what was sent before the status', async () => {
  const { client, server, lines } = await play('error');
  expect(client.at(-1)).toBe('gets status FAILED_PRECONDITION: no more answers');
  expect(server.filter((event) => event === 'sends message')).toHaveLength(5);
  const [status, first, last, read] = [
    / status FAILED/,
    'reads answer 1 of 5',
    'reads answer 5 of 5',
    'reads the status: ',
  ].map((wanted) =>
    lines.findIndex((line) => (wanted instanceof RegExp ? wanted.test(line) : line.startsWith(wanted))),
  );
  expect([status, first, last, read]).toEqual([status, first, last, read].toSorted((a = 0, b = 0) => a - b));
  expect(lines).toContain('5 not read yet');
  expect(read).toBeGreaterThan(0);
});
