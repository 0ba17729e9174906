import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { exercise } from './folders.ts';
import { tasks } from './tasks.ts';

export interface Result {
  readonly number: number;
  readonly passed: boolean;
  /** What the learner reads. */
  readonly message: string;
}

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/**
 * Runs the spec against the `start`, the `end` or another folder, and gives the result of each task; none when it
 * cannot be loaded.
 */
export async function runSpec(folder: string): Promise<Result[]> {
  const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
  const child = spawn(process.execPath, [vitest, 'run', '--dir', 'spec', '--reporter', 'json'], {
    cwd: exercise,
    env: { ...process.env, EXERCISE: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const output = await text(child.stdout);
  const report: VitestReport = JSON.parse(output.slice(output.indexOf('{"')));
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return tasks.flatMap(({ number }) => {
    const result = results.find(({ title }) => title.startsWith(`Task ${number}:`));
    if (!result) return [];
    return { number, passed: result.status === 'passed', message: result.failureMessages.join('\n') };
  });
}
