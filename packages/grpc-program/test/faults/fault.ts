import { type StatusObject, status } from '@grpc/grpc-js';
import { type Program, until } from 'testing';
import { logLines, runProgram } from '../programs.ts';

export interface Fault {
  readonly name: string;
  readonly fast: keyof typeof SPEEDS;
  /** Lets it happen; `now` starts the clock, which else starts with this. */
  run(now: () => void): Promise<{ client: string; server: string }>;
}

/** The servers of the faults have a grace period of 1 s, and a keepalive of 1 s with its timeout of 1 s. */
export const QUICK = ['--grace', '1', '--keepalive-seconds', '1'];

/** How many milliseconds each may take, at least and at most; the most is for slow machines. */
export const SPEEDS = {
  'at once': [0, 20_000],
  'after the grace period': [950, 20_000],
  'when a ping is not answered': [950, 20_000],
  'at its deadline': [450, 20_000],
  'when it expires': [0, 20_000],
  'at its age, and the grace period': [1_700, 20_000],
} as const;

/** What a client program prints, which ends by itself. */
export async function clientLine(args: readonly string[]): Promise<string> {
  const { exit, stderr } = await runProgram('echo-client', args);
  return `${stderr.replace('Error: ', '').trim()}${exit === 1 ? '' : `, exit ${exit}`}`;
}

export const shown = ({ code, details }: Pick<StatusObject, 'code' | 'details'>) => `${status[code]}: ${details}`;

/** What a server logs next of a call, or of a connection. */
export async function logged(program: Program, which = 'call ended', withinMs = 20_000): Promise<string> {
  const found = () => logLines(program).find(({ msg }) => `${msg}`.includes(which));
  await until(() => found() !== undefined, withinMs);
  const { msg, status } = found() ?? {};
  return status === undefined ? `logs “${msg}”` : `logs the call as ${status}`;
}
