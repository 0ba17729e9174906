import { join } from 'node:path';
import { type StatusObject, status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { Program, programCommand, run } from './program.ts';
import { skip } from './skip.ts';
import { stopLater } from './stop-later.ts';

/** A server program under test. */
export class ServerProgram {
  readonly name: string;
  readonly #main: string;

  /** @param folder that of its package */
  constructor(name: string, folder: string) {
    this.name = name;
    this.#main = join(folder, 'src/main.ts');
  }

  /** Its command line. */
  command(...args: string[]): string[] {
    return programCommand(this.#main, ...args);
  }

  /** Starts it; it is stopped after the tests. */
  start(...args: string[]): Program {
    const program = new Program(this.command(...args));
    stopLater(() => program[Symbol.asyncDispose]());
    return program;
  }

  /** Starts it on a free port, and gives the port too. */
  async startOnFreePort(...args: string[]): Promise<{ server: Program; port: string }> {
    const server = this.start('--port', '0', ...args);
    const [, port = ''] = await server.prints(/ listens on localhost:(\d+)\./);
    return { server, port };
  }

  /** Runs it to its end, for arguments with which it does not serve. */
  run(...args: string[]) {
    return run(this.command(...args));
  }
}

export interface ServerTests {
  readonly port: number;
  /** The name of its client. */
  readonly client: string;
  /** The options that it has beside those of every server. */
  readonly options?: readonly string[];
  /** Arguments that are wrong: the option, and a value for it. */
  readonly wrong?: readonly (readonly [option: string, value: string])[];
  /** Arguments for each start. */
  readonly args?: readonly string[];
  /** What it prints before its ready line. */
  readonly before?: string;
  /** How an open call ends when the server stops, where it is not by the status of a server that is shutting down. */
  readonly stopped?: Partial<StatusObject>;
  /** Makes a call and checks its answer. */
  call(port: string): Promise<void>;
  /** Opens a call, and gives how it ends, once the server handles it. */
  open(port: string): Promise<{ status: Promise<StatusObject> }>;
}

const OPTIONS = ['--host', '--port', '--grace', '--tls-cert', '--tls-key', '--tls-client-ca', '--help'];

/** Declares the tests that every server program has; call it at the top of a test file. */
export function testServerProgram(
  program: ServerProgram,
  {
    port,
    client,
    options = [],
    wrong = [],
    args = [],
    before = '',
    stopped = { code: status.UNAVAILABLE, details: 'server is shutting down' },
    call,
    open,
  }: ServerTests,
): void {
  const { name } = program;
  const start = `Start a client: pnpm --filter ${client} start`;

  test.concurrent(`without arguments it listens on port ${port}, and says how to start a client`, async (context) => {
    const server = program.start(...args);
    await server.prints(/ listens on .*\n/).catch(() => {});
    if (server.stderr.includes(`localhost:${port} is in use`)) skip(context, `another program has port ${port}`);
    const line = `${before}${name} listens on localhost:${port}. ${start}\n`;
    expect(server.stdout.slice(0, line.length)).toBe(line);
    await call(`${port}`);
  });

  test.concurrent('port 0 is any free port: the ready line names it, also for the client', async () => {
    const { server, port } = await program.startOnFreePort(...args);
    const line = `${before}${name} listens on localhost:${port}. ${start} --address localhost:${port}\n`;
    expect(server.stdout.slice(0, line.length)).toBe(line);
    await call(port);
  });

  test.concurrent('a port in use is told in one line that names --port, and the one who has it goes on', async () => {
    const { port } = await program.startOnFreePort(...args);
    expect(await program.run('--port', port, ...args)).toEqual({
      exit: 1,
      stdout: before,
      stderr: `Error: localhost:${port} is in use; choose another port with --port\n`,
    });
    await call(port);
  });

  test.concurrent.each<readonly [option: string, value: string]>([
    ['--port', 'abc'],
    ['--port', ''],
    ['--frobnicate', ''],
    ...wrong,
  ])('wrong usage is told in one line, then the usage, and the exit code is 2: %s %s', async (option, value) => {
    const { exit, stdout, stderr } = await program.run(option, value);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    const [line, empty, usage] = stderr.split('\n');
    expect(line).toContain(option);
    expect([empty, usage]).toEqual(['', expect.stringContaining(`Usage: ${name} [options]`)]);
  });

  test.concurrent('--help shows every option and exits with 0', async () => {
    const { exit, stdout, stderr } = await program.run('--help');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    for (const option of [...OPTIONS, ...options]) expect(stdout).toContain(`${option} `);
  });

  test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    '%s tells the open calls, and the exit code is 0',
    async (signal) => {
      const { server, port } = await program.startOnFreePort('--log-level', 'warn', ...args);
      const call = await open(port);
      server.signal(signal);
      expect(await call.status).toMatchObject(stopped);
      expect(await server.ended).toBe(0);
      expect(server.stderr).toBe('');
    },
  );
}
