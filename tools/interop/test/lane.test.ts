import { expect, test } from 'vitest';
import { runPeer } from '../src/lane.ts';
import { NotHere, type Peer, tried } from '../src/row.ts';

const good = tried('chat', 'its client, our server', 'call', 'Sam: Hi', async () => 'Sam: Hi');
const wrong = tried('chat', 'its client, our server', 'cancel', /^CANCELLED/, async () => 'OK');
const thrown = tried('chat', 'our client, its server', 'call', 'Sam: Hi', () => Promise.reject(new Error('no server')));

/** Runs a peer that is not there but for this, and gives what was printed and counted. */
async function lane(peer: Partial<Peer>) {
  const lines: string[] = [];
  const whole: Peer = { name: 'peer', title: () => 'Peer: 1.0', needs: [], prepare: async () => {}, rows: [], ...peer };
  const tally = await runPeer(whole, (line) => lines.push(line));
  return { tally, lines };
}

test('each thing that was tried is printed and counted; what came instead is told', async () => {
  const { tally, lines } = await lane({ rows: [good, wrong, thrown] });
  expect(tally).toEqual({ passed: 1, failed: 2, skipped: 0 });
  expect(lines).toEqual([
    'Peer: 1.0: building',
    '✓ peer, chat, its client, our server: call',
    'FAILED peer, chat, its client, our server: cancel\n  must get: /^CANCELLED/\n  got:      OK',
    'FAILED peer, chat, our client, its server: call\n  must get: Sam: Hi\n  got:      no server',
  ]);
});

test('a peer whose language is not here is skipped, and told', async () => {
  const needs = [['COBOL', 'no-such-compiler', '--version']] as const;
  const { tally, lines } = await lane({ needs, rows: [wrong] });
  expect(tally).toEqual({ passed: 0, failed: 0, skipped: 1 });
  expect(lines).toEqual(['skipped: Peer: 1.0: COBOL not found']);
});

test('a peer that cannot be had here is skipped; one that does not build is a failure', async () => {
  const prepare = (error: Error) => ({ prepare: () => Promise.reject(error), rows: [good] });
  const { tally, lines } = await lane(prepare(new NotHere('no package')));
  expect(tally).toEqual({ passed: 0, failed: 0, skipped: 1 });
  expect(lines[1]).toBe('skipped: Peer: 1.0: no package');
  expect((await lane(prepare(new Error('syntax error')))).tally).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
