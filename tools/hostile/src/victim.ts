import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, programCommand, stopLater, temporaryFolder } from '@grpc-by-example/testing';
import { servesNewcomer } from './bystander.ts';

/** So little that what is kept for an attacker ends the server, rather than the machine. */
const HEAP_MIB = 200;

const EXAMPLES = join(import.meta.dirname, '../../../examples');

/** The servers that are attacked, and the folders of their examples. */
const FOLDERS = {
  chat: 'bidirectional-chat',
  calc: 'streaming-calc',
  call: 'async-call',
  datahub: 'datahub-egress',
  message: 'message-stream',
  jobs: 'job-stream',
};
export type Example = keyof typeof FOLDERS;

/** The command of an example's server on a free port. A later argument goes before an earlier one. */
export function victimCommand(example: Example, args: readonly string[] = []): string[] {
  const main = join(EXAMPLES, FOLDERS[example], 'server/src/main.ts');
  const output = example === 'jobs' ? ['--output', join(temporaryFolder(), 'counts.tsv')] : [];
  const [node = '', ...rest] = programCommand(main, '--port', '0', '--log-level', 'silent', ...output, ...args);
  return [node, `--max-old-space-size=${HEAP_MIB}`, ...rest];
}

/** The server of an example under attack, a process with a small heap. */
export class Victim {
  readonly program: Program;
  readonly port: number;
  /** How it ended, once it has. */
  ended: number | string | undefined;
  readonly #before: number;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(program: Program, port: number) {
    this.program = program;
    this.port = port;
    this.#before = residentMib(program.pid);
    void program.ended.then((how) => {
      this.ended = how;
    });
  }

  static async start(example: Example, args: readonly string[] = []): Promise<Victim> {
    const program = new Program(victimCommand(example, args));
    stopLater(() => program[Symbol.asyncDispose]());
    const [, port] = await program.prints(/ listens on localhost:(\d+)\./);
    await servesNewcomer(Number(port));
    return new Victim(program, Number(port));
  }

  /** Runs one attack at a time, so that each has its own effect. */
  alone<Value>(attack: () => Promise<Value>): Promise<Value> {
    const turn = this.#turn.then(attack);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** How much more memory the process has than when it had started, in MiB; 0 where the system does not tell. */
  get grownMib(): number {
    return this.ended === undefined ? residentMib(this.program.pid) - this.#before : 0;
  }
}

function residentMib(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
}

/** The servers that the attacks of one test file share. */
export class Victims {
  readonly #started = new Map<string, Promise<Victim>>();

  get(example: Example, args: readonly string[] = []): Promise<Victim> {
    const name = [example, ...args].join(' ');
    const started = this.#started.get(name) ?? Victim.start(example, args);
    this.#started.set(name, started);
    return started;
  }
}
