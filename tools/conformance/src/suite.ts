import { join } from 'node:path';
import type { Suites } from './go.ts';
import { runToEnd } from './processes.ts';

/** How many cases passed and failed, and which failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly names: readonly string[];
}

/** Cases in which the suite waits without end; they count as failed. */
const HANGING: Readonly<Record<string, readonly string[]>> = {
  'connect-node server': ['Server Message Size/**/client-stream/**', 'Server Message Size/**/bidi-stream/**'],
};

const folder = join(import.meta.dirname, '..');

/** Some deadlines of the suite are short: on a busy machine a few may pass before their calls begin. */
const FEW = 5;

/** Whose server, or client, is tried. */
export type Library = 'ours' | 'grpc-js' | 'nice-grpc' | 'connect-node';

/**
 * Runs Connect's conformance suite against a server, or a client, of ours or of another library. A few of our cases that
 * fail are run again, alone.
 */
export async function runSuite(suites: Suites, mode: 'server' | 'client', whose: Library): Promise<Counts> {
  const all = await runCases(suites, mode, whose);
  if (whose !== 'ours' || all.failed === 0 || all.failed > FEW) return all;
  const again = await runCases(suites, mode, whose, all.names);
  return { passed: all.passed + again.passed, failed: again.failed, names: again.names };
}

async function runCases(
  { connectConformance, protos, descriptors }: Suites,
  mode: string,
  whose: string,
  cases: readonly string[] = [],
): Promise<Counts> {
  const program = [process.execPath, join(folder, `dist/suite/${mode}.mjs`), whose];
  const chosen = cases.flatMap((name) => ['--run', name]);
  const left = (HANGING[`${whose} ${mode}`] ?? []).flatMap((name) => ['--skip', name]);
  const args = ['--mode', mode, '--conf', join(folder, 'suite.yaml'), ...chosen, ...left, '--', ...program];
  const { output } = await runToEnd(connectConformance, args, { SUITE_PROTOS: protos, SUITE_DESCRIPTORS: descriptors });
  const [, passed, failed] = output.match(/^(\d+) passed, (\d+) failed$/m) ?? [];
  if (passed === undefined) throw new Error(`the suite has not come to its end:\n${output}`);
  const names = [...output.matchAll(/^FAILED: (.+?):?$/gm)].map(([, name = '']) => name);
  return { passed: Number(passed), failed: Number(failed), names };
}
