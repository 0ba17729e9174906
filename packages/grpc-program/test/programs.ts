import { join } from 'node:path';
import { Program, programCommand, run, stopLater } from '@grpc-by-example/testing';

type Environment = { env?: NodeJS.ProcessEnv };

/** The command of a program of `fixtures`. */
export const fixture = (name: string, ...args: string[]): string[] =>
  programCommand(join(import.meta.dirname, `fixtures/${name}.ts`), ...args);

/** Runs a program of `fixtures` to its end. */
export const runProgram = (name: string, args: readonly string[], options?: Environment) =>
  run(fixture(name, ...args), options);

/** Starts a program, which is stopped after the tests. */
export function start(command: readonly string[], options?: Environment): Program {
  const program = new Program(command, options);
  stopLater(() => program[Symbol.asyncDispose]());
  return program;
}

/** Starts a program of `fixtures`, which is stopped after the tests. */
export const startProgram = (name: string, args: readonly string[], options?: Environment) =>
  start(fixture(name, ...args), options);

/** Starts the echo server on a free port, unless the arguments or the environment say otherwise. */
export async function startEchoServer(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const program = startProgram('echo-server', args, { env: { GRPC_PORT: '0', ...env } });
  const [, address = ''] = await program.prints(/ listens on (.+)\. Start /);
  return { program, address };
}

/** The lines of the log so far, of a server whose stderr is a pipe. */
export function logLines({ stderr }: Program): Record<string, unknown>[] {
  return stderr
    .split('\n')
    .slice(0, -1) // the last one may not be whole yet
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The environment of a script of pnpm that was started in this folder. */
export const typedIn = (folder: string): NodeJS.ProcessEnv => ({
  INIT_CWD: folder,
  npm_package_json: join(process.cwd(), 'package.json'),
});
