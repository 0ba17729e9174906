import { type StatusObject, status } from '@grpc/grpc-js';
import { type Program, until } from '@grpc-by-example/testing';
import { expect } from 'vitest';
import { logLines, runProgram } from '../programs.ts';

export interface Fault {
  readonly name: string;
  readonly fast: keyof typeof AT_LEAST_MS;
  /** Lets it happen; `now` starts the clock, now or at that time, which else starts with this. */
  run(now: (startedAt?: number) => void): Promise<{ client: string; server: string }>;
}

/** A server whose timers are longer than any test: what happens to it happens at once, or the test hangs. */
export const PATIENT = ['--grace', '3600', '--keepalive-seconds', '3600'];

/** A later argument goes before an earlier one. */
export const WITH_GRACE = [...PATIENT, '--grace', '1'];
export const WITH_PINGS = [...PATIENT, '--keepalive-seconds', '1'];

/** A timer can seem early by that much, by another clock. */
const ROUNDING_MS = 10;

/** How long each takes at least. */
export const AT_LEAST_MS = {
  'at once': 0,
  'after the grace period': 1_000 - ROUNDING_MS,
  'when a ping is not answered': 2_000 - ROUNDING_MS,
  'at its deadline': 500 - ROUNDING_MS,
  'when it expires': 1_000 - ROUNDING_MS,
  // The age is a tenth more or less.
  'at its age, and the grace period': 1_900 - ROUNDING_MS,
} as const;

/** What a client program prints, which ends by itself, in one line. */
export async function clientLine(args: readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await runProgram('echo-client', args);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toMatch(/^Error: .+\n$/);
  return stderr.replace('Error: ', '').trim();
}

export const shown = ({ code, details }: Pick<StatusObject, 'code' | 'details'>) => `${status[code]}: ${details}`;

type Line = ReturnType<typeof logLines>[number];

/** What a server logs, sooner or later. */
export async function logged(program: Program, is: (line: Line) => boolean = isCall()): Promise<string> {
  await until(() => logLines(program).some(is));
  const { msg, status } = logLines(program).find(is) ?? {};
  return status === undefined ? `logs “${msg}”` : `logs the call as ${status}`;
}

/** The line of the end of a call: that with this id, or any. */
export function isCall(id?: string): (line: Line) => boolean {
  return (line) => line.msg === 'call ended' && (id === undefined || line.id === id);
}
