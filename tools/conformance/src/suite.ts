import { join } from 'node:path';
import type { Suites } from './go.ts';
import { runToEnd } from './processes.ts';

/** How many cases passed and failed, and which failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly names: readonly string[];
}

const folder = join(import.meta.dirname, '..');

/** Runs Connect's conformance suite against a server, or a client, of ours or of plain grpc-js. */
export async function runSuite(
  { connectConformance, protos }: Suites,
  mode: 'server' | 'client',
  whose: 'ours' | 'grpc-js',
): Promise<Counts> {
  const program = [process.execPath, join(folder, `dist/suite/${mode}.mjs`), whose];
  const args = ['--mode', mode, '--conf', join(folder, 'suite.yaml'), '--', ...program];
  const { output } = await runToEnd(connectConformance, args, { SUITE_PROTOS: protos });
  const [, passed, failed] = output.match(/^(\d+) passed, (\d+) failed$/m) ?? [];
  if (passed === undefined) throw new Error(`the suite has not come to its end:\n${output}`);
  const names = [...output.matchAll(/^FAILED: (.+?):?$/gm)].map(([, name = '']) => name);
  return { passed: Number(passed), failed: Number(failed), names };
}
