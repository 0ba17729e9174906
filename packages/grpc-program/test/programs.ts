import { Program, run } from 'testing';
import { onTestFinished } from 'vitest';

type Environment = { env?: NodeJS.ProcessEnv };

const command = (name: string, args: readonly string[]) => [
  'node',
  '--import',
  'tsx',
  `test/fixtures/${name}.ts`,
  ...args,
];

/** Runs a program of `fixtures` to its end. */
export const runProgram = (name: string, args: readonly string[], options?: Environment) =>
  run(command(name, args), options);

/** Starts a program of `fixtures`, which ends when the test is finished. */
export function startProgram(name: string, args: readonly string[], options?: Environment): Program {
  const program = new Program(command(name, args), options);
  onTestFinished(() => program[Symbol.asyncDispose]());
  return program;
}

/** Starts the echo server on a free port, unless the arguments or the environment say otherwise. */
export async function startEchoServer(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const program = startProgram('echo-server', args, { env: { GRPC_PORT: '0', ...env } });
  const [, address = ''] = await program.prints(/ listens on (\S+)\. /);
  return { program, address };
}

/** The lines of the log so far, of a server whose stderr is a pipe. */
export function logLines({ stderr }: Program): Record<string, unknown>[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
