import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from '@grpc-by-example/testing';

const folder = join(import.meta.dirname, '..');
/** The callers are in so many processes; where a quarter of them stops reading, it is one of these. */
const PROCESSES = 4;
const LOOK_EVERY_MS = 100;

/** What came of it. */
export interface Outcome {
  /** From the first line that one of the callers heard to the last one. */
  readonly seconds: number;
  /** In how many orders those heard the lines who read: in one. */
  readonly orders: number;
  /** How the calls ended of those who stopped reading. */
  readonly stalledEnds: readonly string[];
  /** The memory of the server in MiB: before, the most in each half of the time, and afterwards. Only Linux tells. */
  readonly memory: { readonly before: number; readonly peaks: readonly [number, number]; readonly after: number };
}

interface Report {
  readonly start: number;
  readonly end: number;
  readonly digest: string;
  readonly ends: readonly string[];
}

/**
 * Ann and Bob, two clients, each paste half of so many lines into a chat room, while many callers read. Every program is
 * a process of its own.
 *
 * @param command gives the command of a program, from its source file
 * @param stalls whether a quarter of the callers stops reading after a tenth of the lines
 */
export async function pasteIntoRoom(
  command: (source: string, ...args: string[]) => string[],
  {
    callers,
    lines,
    stalls,
    serverArgs = [],
  }: { callers: number; lines: number; stalls: boolean; serverArgs?: string[] },
): Promise<Outcome> {
  const programs: Program[] = [];
  const start = (source: string, ...args: string[]) => {
    const program = new Program(command(join(folder, source), ...args));
    programs.push(program);
    return program;
  };
  try {
    const server = start('server/src/main.ts', '--port', '0', '--room', '--log-level', 'silent', ...serverArgs);
    const [, address = ''] = await server.prints(/ listens on (\S+)\./);
    const groups = Array.from({ length: PROCESSES }, (_, n) => {
      const args = [address, `${callers / PROCESSES}`, `${lines}`, ...(stalls && n === 0 ? ['stalled'] : [])];
      return start('test/fixtures/room-callers.ts', ...args);
    });
    const talkers = ['Ann', 'Bob'].map((name) => start('client/src/main.ts', '--name', name, '--address', address));
    for (const talker of talkers) talker.type('hello\n');
    await Promise.all([...groups, ...talkers].map((program) => program.prints(/ready\n|: hello\n/)));

    using memory = new MemoryWatch(server);
    for (const talker of talkers) talker.type(Array.from({ length: lines / 2 }, (_, n) => `line ${n}\n`).join(''));
    const reports = await Promise.all(groups.map(reportOf));
    const readers = reports.slice(stalls ? 1 : 0);
    for (const talker of talkers) await untilHeard(talker, lines);
    const digests = [...talkers.map(digestOf), ...readers.map(({ digest }) => digest)];
    return {
      seconds:
        (Math.max(...readers.map(({ end }) => end)) - Math.min(...readers.map((report) => report.start))) / 1_000,
      orders: new Set(digests).size,
      stalledEnds: stalls ? (reports[0]?.ends ?? []) : [],
      memory: memory.result(),
    };
  } finally {
    await Promise.all(programs.map((program) => program[Symbol.asyncDispose]()));
  }
}

/** What the callers of a process report before it ends. */
async function reportOf(group: Program): Promise<Report> {
  if ((await group.ended) !== 0) throw new Error(group.stderr);
  return JSON.parse(group.stdout.split('\n')[1] ?? '');
}

const linesOf = ({ stdout }: Program) => stdout.split('\n').filter((line) => /^(Ann|Bob): line/.test(line));

/** Waits until a client has printed so many lines, or fails. */
async function untilHeard(talker: Program, lines: number): Promise<void> {
  talker.endInput();
  const exit = await talker.ended;
  const heard = linesOf(talker).length;
  if (exit !== 0 || heard !== lines)
    throw new Error(`a client that pastes ended (${exit}) after ${heard} lines: ${talker.stderr}`);
}

const digestOf = (talker: Program) => createHash('sha256').update(linesOf(talker).join('\n')).digest('hex');

class MemoryWatch implements Disposable {
  readonly #server: Program;
  readonly #samples: number[] = [];
  readonly #timer = setInterval(() => this.#samples.push(rssOf(this.#server)), LOOK_EVERY_MS);

  constructor(server: Program) {
    this.#server = server;
    this.#samples.push(rssOf(server));
  }

  result(): Outcome['memory'] {
    const after = rssOf(this.#server);
    const [before = after] = this.#samples;
    const half = Math.ceil(this.#samples.length / 2);
    const peaks = [Math.max(...this.#samples.slice(0, half)), Math.max(after, ...this.#samples.slice(half))] as const;
    return { before, peaks, after };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function rssOf({ pid }: Program): number {
  if (process.platform !== 'linux') return Number.NaN;
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
}
