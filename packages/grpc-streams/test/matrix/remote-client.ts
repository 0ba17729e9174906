import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ClientPlan, Kind } from './plans.ts';
import { UNSEEN } from './rows.ts';
import type { Seen } from './stack.ts';

/** What a client process is to do. */
export interface ClientJob {
  /** The module of its stack. */
  readonly module: string;
  readonly port: number;
  readonly kind: Kind;
  readonly plan: ClientPlan;
}

const PROGRAM = fileURLToPath(new URL('client-process.ts', import.meta.url));

/** A client in a process of its own, which can be killed and frozen. */
export class RemoteClient {
  readonly #child;
  readonly seen: Promise<Seen>;

  constructor(job: ClientJob, during: Promise<void>) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, JSON.stringify(job)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdin.on('error', () => {}); // it may be killed
    void during.then(() => this.#child.stdin.write('during\n'));
    this.seen = text(this.#child.stdout).then((printed) =>
      printed ? (JSON.parse(printed) as Seen) : { status: UNSEEN, messages: 0 },
    );
  }

  signal(name: 'SIGKILL' | 'SIGSTOP'): void {
    this.#child.kill(name);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
