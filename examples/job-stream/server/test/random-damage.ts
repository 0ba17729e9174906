import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { deadlineIn, Program, temporaryFolder, withRoom } from '@grpc-by-example/testing';
import { ServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect } from 'vitest';
import { countIndependently } from '../../proto/test/count-independently.mts';
import { filesOf } from './files.ts';
import { JobPeer, type Session } from './job-peer.ts';
import { misbehave, randomOf, randomText } from './random-faults.ts';
import { countsIn, workHonestly } from './start.ts';

type Random = (below: number) => number;

/** What befalls a master. */
type Fate =
  | { readonly kind: 'killed' | 'text changes'; readonly afterMs: number }
  | { readonly kind: 'disk full'; readonly kib: number }
  | { readonly kind: 'nothing' };

function randomFate(random: Random): Fate {
  switch (random(4)) {
    case 0:
      return { kind: 'disk full', kib: random(6) };
    case 1:
      return { kind: 'text changes', afterMs: random(200) };
    default:
      return { kind: 'killed', afterMs: random(400) };
  }
}

/** Damages a file of the journal, or none; says what it did. */
function damage(journal: string, random: Random): string {
  const names = existsSync(journal) ? readdirSync(journal) : [];
  const name = names[random(names.length)];
  if (name === undefined) return 'there is no journal';
  const path = join(journal, name);
  const bytes = readFileSync(path);
  const at = random(bytes.length);
  switch (random(4)) {
    case 0:
      for (let bits = random(5); bits >= 0; bits--) flipBit(bytes, random(8 * bytes.length));
      writeFileSync(path, bytes);
      return `bits of ${name} flipped`;
    case 1:
      writeFileSync(path, bytes.fill(0, at, at + random(bytes.length - at)));
      return `zeros in ${name} from byte ${at} on`;
    case 2:
      writeFileSync(path, bytes.subarray(0, at));
      return `${name} cut off at byte ${at}`;
    default:
      return 'no damage';
  }
}

function flipBit(bytes: Buffer, bit: number): void {
  const at = bit >> 3;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
}

/**
 * Runs the real master, with workers good and bad, as often as it takes; at random it is killed, its disk is full, its
 * texts change, and its journal is damaged. Each time it ends with the right counts and 0, or with one line and 1, and
 * what was there before is as it was.
 *
 * @returns what happened
 */
export async function checkRandomDamage(seed: number): Promise<string[]> {
  const random = randomOf(seed);
  const files = filesOf(...Array.from({ length: 5 + random(5) }, () => randomText(random)));
  const output = join(temporaryFolder(), 'counts.tsv');
  const server = new ServerProgram('job-server', join(import.meta.dirname, '..'));
  const failed = new Set<string>();
  const events: string[] = [];

  const rightCounts = () => countIndependently(...files.map((file) => readFileSync(file)));
  const result = () => (existsSync(output) ? readFileSync(output, 'utf8') : undefined);

  async function run(fate: Fate, ...args: string[]): Promise<number | string> {
    const before = result();
    const right = [rightCounts()];
    const command = server.command('--port', '0', '--log-level', 'silent', '--grace', '1', '--job-limit', '1');
    command.push('--output', output, ...args, ...files);
    await using program = new Program(fate.kind === 'disk full' ? withRoom(fate.kib, command) : command);
    let over = false;
    void program.ended.then(() => {
      over = true;
    });
    const listening = program.prints(/ listens on localhost:(\d+)\./);
    const working = listening.then(
      ([, port = '']) => workAt(port, () => over),
      () => {}, // it has ended before
    );
    if ('afterMs' in fate) {
      await listening.catch(() => {});
      await Promise.race([program.ended, delay(fate.afterMs)]);
      if (fate.kind === 'killed') program.signal('SIGKILL');
      else writeFileSync(files[0] ?? '', randomText(random));
      right.push(rightCounts());
    }
    const end = await program.ended;
    await working;
    const { stderr } = program;
    events.push(`${fate.kind}: ${end} ${stderr}`);

    const history = `SEED=${seed}: ${events.join('; ')}`;
    const isRight = existsSync(output) && right.some((counts) => equals(countsIn(output), counts));
    if (end === 0) expect(isRight, history).toBe(true);
    else if (end === 1) {
      expect(stderr, history).toMatch(/^Error: .+\n$/);
      expect(result(), history).toBe(before);
    } else {
      expect(end, history).toBe('SIGKILL');
      // It may have been killed when it was done.
      expect(isRight || result() === before, history).toBe(true);
    }
    return end;
  }

  async function workAt(port: string, isOver: () => boolean): Promise<void> {
    const keepWorking = async (work: (session: Session) => Promise<unknown>) => {
      while (!isOver()) {
        const peer = new JobPeer(port);
        await work(peer.open(deadlineIn(2_000))).catch(() => delay(5));
        peer.close();
      }
    };
    const good = keepWorking((session) => workHonestly(session, { takeTime: () => delay(random(20)) }));
    const bad = Array.from({ length: random(3) }, () => keepWorking((session) => misbehave(session, random, failed)));
    await Promise.all([good, ...bad]);
  }

  if (random(2) === 0) writeFileSync(output, 'yesterday\t1\n');
  for (let fates = 1 + random(5); fates > 0; fates--) {
    if ((await run(randomFate(random))) !== 0) events.push(damage(`${output}.journal`, random));
  }
  // A journal of other texts is not discarded unless that is wanted.
  if ((await run({ kind: 'nothing' })) !== 0) expect(await run({ kind: 'nothing' }, '--fresh'), `${events}`).toBe(0);
  expect(countsIn(output)).toEqual(rightCounts());
  expect(readdirSync(dirname(output))).toEqual(['counts.tsv']);
  return events;
}

function equals(one: Record<string, number>, other: Record<string, number>): boolean {
  const words = Object.keys(one);
  return words.length === Object.keys(other).length && words.every((word) => one[word] === other[word]);
}
