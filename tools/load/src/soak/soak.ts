import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../child.ts';
import type { Row, Soaked } from './report.ts';
import { OUTPUT, systems } from './systems.ts';

const EXAMPLES = join(import.meta.dirname, '../../../../examples');
/** How long a server may take to forget its callers, or to stop. */
const CLEAN_WITHIN_MS = 15_000;

type Probe = Omit<Row, 'calls'>;

/** A server that is called all the time, by a process that is killed and replaced at each measurement. */
export class Soak {
  readonly #name: string;
  readonly #server: Child<Probe>;
  readonly #address: string;
  readonly #rows: Row[] = [];
  #caller: Child<{ readonly calls: number }>;
  /** Of the callers that were killed. */
  #calls = 0;

  private constructor(name: string, server: Child<Probe>, address: string, first: Row) {
    this.#name = name;
    this.#server = server;
    this.#address = address;
    this.#rows.push(first);
    this.#caller = this.#newCaller();
  }

  /** @param output where a server that writes a result may write it */
  static async start(name: string, output: string): Promise<Soak> {
    const { folder, args } = systems[name] as (typeof systems)[string];
    const options = ['--port', '0', '--log-level', 'silent', ...args.map((arg) => (arg === OUTPUT ? output : arg))];
    const probe = join(import.meta.dirname, 'probe.mjs');
    const server = new Child<Probe>(join(EXAMPLES, folder, 'server/src/main.ts'), options, probe);
    const [, address = ''] = await server.prints(/ listens on (\S+)\.\s/);
    return new Soak(name, server, address, { calls: 0, ...(await stateOf(server)) });
  }

  async measure(): Promise<void> {
    this.#rows.push({ calls: this.#calls + (this.#caller.last?.calls ?? 0), ...(await stateOf(this.#server)) });
    await this.#killCaller();
    this.#caller = this.#newCaller();
  }

  /** Ends the calls, and then the server; gives what was measured. */
  async stop(): Promise<Soaked> {
    await this.#killCaller();
    const [before] = this.#rows as [Row];
    const end = performance.now() + CLEAN_WITHIN_MS;
    let after = await stateOf(this.#server);
    while (after.handles > before.handles && performance.now() < end) {
      await delay(100);
      after = await stateOf(this.#server);
    }
    this.#rows.push({ calls: this.#calls, ...after });
    this.#server.signal('SIGTERM');
    const exit = await Promise.race([this.#server.exit, delay(CLEAN_WITHIN_MS, 'none' as const, { ref: false })]);
    return { name: this.#name, rows: this.#rows, exit };
  }

  #newCaller(): Child<{ readonly calls: number }> {
    return new Child('soak/caller.ts', [this.#name, this.#address]);
  }

  async #killCaller(): Promise<void> {
    this.#calls += this.#caller.last?.calls ?? 0;
    this.#caller.signal('SIGKILL');
    await this.#caller.exit;
  }
}

function stateOf(server: Child<Probe>): Promise<Probe> {
  const state = server.reports();
  server.send({});
  return state;
}
