import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { StackName } from '../load-stack.ts';
import type { ClientPlan, Kind } from '../plans.ts';
import { UNSEEN } from '../rows.ts';
import type { Seen } from '../stack.ts';

/** What a client process is to do. */
export interface ClientJob {
  readonly stack: StackName;
  readonly port: number;
  readonly kind: Kind;
  readonly plan: ClientPlan;
}

/** A client in a process of its own, which can be killed and frozen. */
export class RemoteClient {
  readonly #child;
  readonly #closed: Promise<unknown>;
  readonly seen: Promise<Seen>;

  /** @param program the command line of main.ts of this folder */
  constructor([file = '', ...args]: readonly string[], job: ClientJob, during: Promise<void>) {
    this.#child = spawn(file, [...args, JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin.on('error', () => {}); // it may be killed
    this.#closed = once(this.#child, 'close');
    void during.then(() => this.#child.stdin.write('during\n'));
    this.seen = text(this.#child.stdout).then((printed) =>
      printed ? (JSON.parse(printed) as Seen) : { status: UNSEEN, messages: 0 },
    );
  }

  signal(name: 'SIGKILL' | 'SIGSTOP'): void {
    this.#child.kill(name);
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}
