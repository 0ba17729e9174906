import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { exercise } from './folders.ts';
import { type Task, tasks } from './tasks.ts';

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
 * Runs the specs against the `start`, the `end` or another folder, and gives the result of each task; none where its spec
 * cannot be loaded.
 *
 * @param only the exercise whose spec to run; all of them if there is none
 */
export async function runSpec(folder: string, only?: Task['exercise']): Promise<Result[]> {
  const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
  const specs = only ? [`${only}.spec.ts`] : [];
  const inOneProcess = ['--no-file-parallelism', '--no-isolate'];
  const child = spawn(
    process.execPath,
    [vitest, 'run', ...specs, '--dir', 'spec', ...inOneProcess, '--reporter', 'json'],
    {
      cwd: exercise,
      env: { ...process.env, EXERCISE: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const output = await text(child.stdout);
  const report: VitestReport = JSON.parse(output.slice(output.indexOf('{"')));
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return tasks.flatMap(({ number }) => {
    const result = results.find(({ title }) => title.startsWith(`Task ${number}:`));
    if (!result) return [];
    return { number, passed: result.status === 'passed', message: result.failureMessages.join('\n') };
  });
}
