import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Program, programCommand, run } from './program.ts';
import { stopLater } from './stop-later.ts';

/** A client program under test. */
export class ClientProgram {
  readonly name: string;
  readonly folder: string;

  /** @param folder that of its package */
  constructor(name: string, folder: string) {
    this.name = name;
    this.folder = folder;
  }

  /** Its command line. */
  command(address: string, ...args: string[]): string[] {
    return programCommand(join(this.folder, 'src/main.ts'), '--address', address, ...args);
  }

  /** Starts it; it is stopped after the tests. */
  start(address: string, ...args: string[]): Program {
    return startProgram(this.command(address, ...args));
  }

  /** Runs it to its end. */
  run(address: string, ...args: string[]) {
    return run(this.command(address, ...args));
  }

  /** Runs it with this text on its standard input. */
  runWith(input: string, address: string, ...args: string[]) {
    return run(this.command(address, ...args), { input });
  }
}

/** Starts a program, which is stopped after the tests. */
export function startProgram(command: readonly string[]): Program {
  const program = new Program(command);
  stopLater(() => program[Symbol.asyncDispose]());
  return program;
}

export interface ClientTests {
  /** Arguments with which it makes a call, and, but for them, what it prints when there is no server. */
  readonly args?: readonly string[];
  readonly stdoutWithoutServer?: string;
  /** It does not give up without a server, but looks for one. */
  readonly looksForServer?: boolean;
  /** The options that it has beside those of every client. */
  readonly options?: readonly string[];
  /** Arguments that are wrong, and what is told of them. */
  readonly wrong?: readonly (readonly [args: readonly string[], told: string])[];
  /** Names of the command in the usage, where it has commands of its own. */
  readonly usage?: RegExp;
  /** Starts a stranger's server that counts its calls and ends them, and gives its address. */
  countCalls(): Promise<{ address: string; calls(): number }>;
  /** A stranger's server as a program, in a file of `test/fixtures`, that answers until it is killed. */
  readonly victim?: { readonly fixture: string; readonly input?: string; readonly printed: RegExp };
}

const OPTIONS = ['--address', '--tls-ca', '--token', '--keepalive-seconds', '--trace[=ms]', '--help'];

/** Declares the tests that every client program has; call it at the top of a test file. */
export function testClientProgram(
  program: ClientProgram,
  {
    args = [],
    stdoutWithoutServer = '',
    looksForServer = false,
    options = [],
    wrong = [],
    usage,
    countCalls,
    victim,
  }: ClientTests,
): void {
  if (!looksForServer) {
    test.concurrent('without a server it says how to start one, in one line, and the exit code is 1', async () => {
      const { exit, stdout, stderr } = await program.run('127.0.0.1:1', ...args);
      const start = `pnpm --filter ${program.name.replace(/client$/, 'server')} start --port 1`;
      expect(stderr).toBe(`Error: UNAVAILABLE: no server at 127.0.0.1:1; start one: ${start}\n`);
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: stdoutWithoutServer });
    });
  }

  test.concurrent.each([[['--frobnicate'], "unknown option '--frobnicate'"] as const, ...wrong])(
    'wrong usage is told in one line, then the usage; exit code 2, and no call: %j',
    async (args, told) => {
      const { address, calls } = await countCalls();
      const { exit, stdout, stderr } = await program.run(address, ...args);
      expect({ exit, stdout, calls: calls() }).toEqual({ exit: 2, stdout: '', calls: 0 });
      const [line, empty, usageLine] = stderr.split('\n');
      expect(line).toContain(`error: ${told}`);
      expect(empty).toBe('');
      expect(usageLine).toMatch(usage ?? new RegExp(`^Usage: ${program.name} `));
    },
  );

  test.concurrent('--help shows its options and exits with 0', async () => {
    const { exit, stdout, stderr } = await program.run('127.0.0.1:1', '--help');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    for (const option of [...OPTIONS, ...options]) expect(stdout).toContain(`${option} `);
  });

  if (!victim) return;
  test.concurrent('a server that is killed in a call: one line, and exit code 1', async () => {
    const server = startProgram(programCommand(join(program.folder, 'test/fixtures', victim.fixture)));
    const [, address = ''] = await server.prints(/^(\S+)\n/);
    const client = program.start(address, ...args);
    if (victim.input) client.type(victim.input);
    await client.prints(victim.printed);
    server.signal('SIGKILL');
    expect(await client.ended).toBe(1);
    expect(client.stderr).toMatch(/^Error: (UNAVAILABLE|CANCELLED|INTERNAL): .*\n$/);
  });
}
