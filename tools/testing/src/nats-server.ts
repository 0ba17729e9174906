import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { fetchFailure } from './fetch-failure.ts';
import { inBash } from './in-bash.ts';
import { onceInARun } from './once-in-a-run.ts';
import { Program } from './program.ts';
import { readmeBlocks } from './readme.ts';
import { skip } from './skip.ts';
import { stopLater } from './stop-later.ts';
import { temporaryFolder } from './temporary-folder.ts';

const run = promisify(execFile);

const MODULE = 'github.com/nats-io/nats-server/v2';
const VERSION = 'v2.15.2';
const NAME = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
/** Outside of the repository: a fresh clone builds nothing anew. */
const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'grpc-streaming-by-example',
  `nats-${VERSION}`,
);

/** How to get a nats-server, for who has none. */
export const GET_NATS_SERVER = `put nats-server on the PATH, or install Go and run: GOBIN=${CACHE} go install ${MODULE}@${VERSION}`;

/** The path of the nats-server that is on the PATH, or was built before. */
export function findNatsServer(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), CACHE];
  return folders.map((folder) => join(folder, NAME)).find(existsSync);
}

/** The path of a nats-server, which Go builds when there is none; skips the test when that cannot be. */
export async function builtNatsServer(context: { skip(note?: string): never }): Promise<string> {
  const found = findNatsServer();
  if (found) return found;
  const whyNot = await onceInARun('nats-server', build);
  if (whyNot !== null) skip(context, whyNot);
  return join(CACHE, NAME);
}

/** Gives why it cannot be built, or null. */
async function build(): Promise<string | null> {
  const hasGo = await run('go', ['version']).then(
    () => true,
    () => false,
  );
  if (!hasGo) return `neither nats-server nor Go is here; ${GET_NATS_SERVER}`;
  mkdirSync(CACHE, { recursive: true });
  // Go writes it piece by piece where its own temporary folder is on another disk: found half written, it does not start.
  const part = mkdtempSync(join(CACHE, 'part-'));
  try {
    await run('go', ['install', `${MODULE}@${VERSION}`], { env: { ...process.env, GOBIN: part } });
    renameSync(join(part, NAME), join(CACHE, NAME));
    return null;
  } catch (error) {
    const closed = fetchFailure(String((error as { stderr?: unknown }).stderr));
    if (closed === undefined) throw error;
    return `nats-server cannot be fetched: ${closed}`;
  } finally {
    rmSync(part, { recursive: true });
  }
}

/** The configuration of a nats-server that the course shows. The password of every user is `secret`. */
export function natsUsers(): string {
  const page = join(import.meta.dirname, '../../../docs/from-one-process-to-many.md');
  const shown = readmeBlocks(page).find(({ source }) => source.endsWith('/nats.conf'));
  if (!shown) throw new Error(`${page} shows no nats.conf`);
  return shown.text.replaceAll(/\$\w+_PASSWORD/g, 'secret');
}

/** A nats-server on this machine, with JetStream, which can be killed and come back; it is stopped after the tests. */
export class NatsServer {
  readonly port: string;
  readonly #command: (port: string) => string[];
  readonly #store: string;
  #program: Program;

  private constructor(command: (port: string) => string[], store: string, program: Program, port: string) {
    this.#command = command;
    this.#store = store;
    this.#program = program;
    this.port = port;
    stopLater(() => this.#program[Symbol.asyncDispose]());
  }

  /** Starts one with this configuration. */
  static configured(path: string, config: string): Promise<NatsServer> {
    const file = join(temporaryFolder(), 'nats.conf');
    writeFileSync(file, config);
    return NatsServer.start(path, ['--config', file]);
  }

  /** @param args beside those for a free port, and for JetStream, which come first */
  static async start(path: string, args: readonly string[] = []): Promise<NatsServer> {
    const store = temporaryFolder();
    // Program looks at stdout.
    const given = ['--addr', '127.0.0.1', '--jetstream', '--store_dir', store, ...args];
    const command = (port: string) => inBash('exec "$@" 2>&1', path, '--port', port, ...given);
    const program = new Program(command('-1'));
    const [, port = ''] = await program.prints(/client connections on 127\.0\.0\.1:(\d+)/);
    await program.prints(/Server is ready/);
    return new NatsServer(command, store, program, port);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** The URL for a user whose password is `secret`. */
  urlOf(user: string): string {
    return this.url.replace('//', `//${user}:secret@`);
  }

  get pid(): number {
    return this.#program.pid;
  }

  get log(): string {
    return this.#program.stdout;
  }

  signal(name: NodeJS.Signals): void {
    this.#program.signal(name);
  }

  /** Kills it, and waits until it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#program.ended;
  }

  /** Drops what it has stored, when it is killed. */
  dropStore(): void {
    rmSync(this.#store, { recursive: true });
  }

  /** Starts it again, on its port and with what it has stored. */
  async startAgain(): Promise<void> {
    for (;;) {
      this.#program = new Program(this.#command(this.port));
      const [told] = await this.#program.prints(/Server is ready|address already in use/);
      if (told === 'Server is ready') return;
      // The port was free, and another test has got it: it gives it back when it is over.
      await this.#program.ended;
      await delay(100);
    }
  }
}
