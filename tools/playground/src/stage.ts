import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoProgram } from '@grpc-by-example/demo/program';
import { noteOf, readTraceLine, type Side, type TraceEvent } from 'stream-trace';
import type { PlayedExample } from './examples.ts';

export type ServerState = 'stopped' | 'starting' | 'running' | 'frozen' | 'stopping';

/** Who watches a stage. */
export interface Audience {
  event(event: TraceEvent): void;
  state(state: ServerState, clients: number): void;
}

const MOST_CLIENTS = 4;

/** The server of an example, in a process of its own, and the client programs that were started beside it. */
export class Stage {
  readonly audience = new Set<Audience>();
  /** Kept over a restart, so that clients find the next server. */
  address: string | undefined;
  #state: ServerState = 'stopped';
  readonly #example: PlayedExample;
  #folder: string | undefined;
  #server: DemoProgram | undefined;
  #clients: DemoProgram[] = [];
  #watchdog: ChildProcess | undefined;

  constructor(example: PlayedExample) {
    this.#example = example;
  }

  /** Starts the server, unless it runs. */
  start(): void {
    if (this.#server) return;
    this.#become('starting');
    this.#folder ??= mkdtempSync(join(tmpdir(), 'playground-'));
    const port = this.address?.match(/\d+$/)?.[0] ?? '0';
    const own = (this.#example.server ?? []).map((argument) => argument.replace('{folder}', this.#folder ?? ''));
    const args = ['--port', port, '--trace', '--log-level', 'warn', ...own];
    const server = new DemoProgram(join(this.#example.folder, 'server'), args, (line) => {
      const at = line.match(/ listens on (\S+)\. /)?.[1];
      this.#hear('server', at ? `listens on ${at}` : line);
      if (!at) return;
      this.address = at;
      this.#become('running');
    });
    this.#server = server;
    void server.exitCode.then(() => {
      this.#server = undefined;
      this.#watchdog?.kill();
      const { signalCode } = server.child;
      this.#hear('server', signalCode ? `was killed (${signalCode})` : 'has ended');
      this.#become('stopped');
    });
  }

  /** Asks the server to stop, as Ctrl-C does. */
  stop(): void {
    if (!this.#server) return;
    this.thaw();
    this.#become('stopping');
    this.#server.stop();
  }

  kill(): void {
    this.#server?.child.kill('SIGKILL');
  }

  freeze(): void {
    const { child } = this.#server ?? {};
    if (this.#state !== 'running' || !child?.kill('SIGSTOP')) return;
    // A frozen process does not hear that the playground has been killed. This one does: its input ends.
    this.#watchdog = spawn('sh', ['-c', 'read _ || kill -KILL "$1"', 'sh', `${child.pid}`], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    }).on('error', () => {});
    this.#hear('server', 'is frozen (SIGSTOP)');
    this.#become('frozen');
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#watchdog?.kill();
    if (!this.#server?.child.kill('SIGCONT')) return;
    this.#hear('server', 'goes on (SIGCONT)');
    this.#become('running');
  }

  /** Kills all of its programs, and starts another server: for one that comes to an end, as that of the jobs. */
  async startOver(): Promise<void> {
    const programs = [...this.#clients, ...(this.#server ? [this.#server] : [])];
    for (const { child } of programs) child.kill('SIGKILL');
    await Promise.all(programs.map(({ exitCode }) => exitCode));
    this.start();
  }

  /** Starts the example's own client. */
  startClient(): void {
    if (!this.#example.client) throw new Error('the client of this example is this page');
    if (!this.address) throw new Error('the server has not started yet');
    if (this.#clients.length >= MOST_CLIENTS) throw new Error(`${MOST_CLIENTS} are as many as one can see`);
    const args = [...this.#example.client, '--address', this.address, '--trace'];
    /** Whose lane its words are in. */
    let last: TraceEvent | undefined;
    const client = new DemoProgram(join(this.#example.folder, 'client'), args, (line) => {
      last = this.#hear('client', line, last);
    });
    this.#clients.push(client);
    this.#become(this.#state);
    void client.exitCode.then(() => {
      this.#clients = this.#clients.filter((other) => other !== client);
      this.#become(this.#state);
    });
  }

  /** Kills the client that was started first. */
  killClient(): void {
    if (this.#clients[0]?.child.kill('SIGKILL')) this.#hear('client', 'one is killed (SIGKILL)');
  }

  /** Ends its programs, whatever they do. */
  async close(): Promise<void> {
    const programs = [...this.#clients, ...(this.#server ? [this.#server] : [])];
    for (const { child } of programs) child.kill('SIGKILL');
    await Promise.all(programs.map(({ exitCode }) => exitCode));
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Tells everybody how it stands. */
  announce(): void {
    this.#become(this.#state);
  }

  #become(state: ServerState): void {
    this.#state = state;
    for (const member of this.audience) member.state(state, this.#clients.length);
  }

  /**
   * A program has printed a line: an event, or something for people.
   *
   * @param last the event before it, of whose call it is
   * @returns the event
   */
  #hear(side: Side, line: string, last?: TraceEvent): TraceEvent {
    const event = readTraceLine(line) ?? noteOf(side, line.replaceAll(this.#folder ?? '\0', '…'), last);
    for (const member of this.audience) member.event(event);
    return event;
  }
}
