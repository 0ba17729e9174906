import { join } from 'node:path';
import { Program, programCommand, stopLater, temporaryFolder } from '@grpc-by-example/testing';

export const ROOT = join(import.meta.dirname, '../../..');

/** The examples by the name of their programs, in the order in which they are to be learnt. */
export const FOLDERS = {
  calc: 'streaming-calc',
  chat: 'bidirectional-chat',
  call: 'async-call',
  datahub: 'datahub-egress',
  message: 'message-stream',
  job: 'job-stream',
} as const;
export type Example = keyof typeof FOLDERS;
export const EXAMPLES = Object.keys(FOLDERS) as Example[];

export const folderOf = (example: Example) => join(ROOT, 'examples', FOLDERS[example]);

/** A server of ours, and where it listens. */
export interface OurServer {
  readonly program: Program;
  readonly address: string;
  readonly port: string;
}

/** Starts the server of an example on a free port. A later argument goes before an earlier one. */
export async function startOurServer(example: Example, ...args: string[]): Promise<OurServer> {
  const output = example === 'job' ? ['--output', join(temporaryFolder(), 'counts.tsv')] : [];
  const main = join(folderOf(example), 'server/src/main.ts');
  const program = start(programCommand(main, '--port', '0', ...output, ...args));
  const [, address = ''] = await program.prints(/ listens on (\S+)\. /);
  return { program, address, port: address.match(/\d+$/)?.[0] ?? '' };
}

const shared = new Map<Example, Promise<OurServer>>();

/** The address of a server that rows share. */
export async function ourServer(example: Example): Promise<string> {
  const started = shared.get(example) ?? startOurServer(example);
  shared.set(example, started);
  return (await started).address;
}

/** The command of the client of an example. */
export function ourClient(example: Example, address: string, ...args: string[]): string[] {
  return programCommand(join(folderOf(example), 'client/src/main.ts'), '--address', address, ...args);
}

/** Starts a program, which is stopped when the lane is over. */
export function start(command: readonly string[], options?: ConstructorParameters<typeof Program>[1]): Program {
  const program = new Program(command, options);
  stopLater(() => program[Symbol.asyncDispose]());
  return program;
}

/** What a program printed, and its exit code, in one line. */
export async function outcomeOf(program: Program): Promise<string> {
  const exit = await program.ended;
  const told = program.stderr.trim() ? ` ! ${oneLine(program.stderr)}` : '';
  return `${oneLine(program.stdout)}${told}, exit ${exit}`;
}

/** Runs a program to its end, with this text on its standard input. */
export function outcome(command: readonly string[], input = ''): Promise<string> {
  const program = start(command);
  program.type(input);
  program.endInput();
  return outcomeOf(program);
}

export const oneLine = (text: string) => text.trim().replaceAll(/\s*\n\s*/g, ' | ');
