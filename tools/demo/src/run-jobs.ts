import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoProgram } from './demo-program.ts';
import { JOBS } from './examples.ts';

/** By letters: the master numbers them in the order in which they join. */
const WORKERS = ['a', 'b', 'c'];
/** So that a worker is killed with a job in its hands. */
const JOB_DELAY_MS = 300;

/**
 * Runs a master and three workers, and kills the one that is first done with a job.
 *
 * @returns the exit code of the master
 */
export async function runJobs({ interrupted }: { interrupted: AbortSignal }): Promise<number> {
  const output = mkdtempSync(join(tmpdir(), 'word-counts-'));
  let ready: (address: string) => void = () => {};
  const address = new Promise<string>((resolve) => {
    ready = resolve;
  });
  const masterArgs = ['--port', '0', '--log-level', 'warn', '--output', join(output, 'counts.tsv')];
  const master = new DemoProgram(join(JOBS.folder, 'server'), masterArgs, (line) => {
    // The demo drops its journal, so there is nothing to go on with.
    const shown = line.replace(output, '…').replace(/; run the same command again to do the rest$/, '');
    console.log(`master   | ${shown}`);
    const at = line.match(/ listens on (\S+)\. /)?.[1];
    if (at) ready(at);
  });
  const workers: DemoProgram[] = [];
  let isOneKilled = false;
  const stop = () => master.stop();
  interrupted.addEventListener('abort', stop);
  try {
    const at = await Promise.race([address, master.exitCode]);
    if (typeof at === 'number') return at;
    for (const name of WORKERS) {
      const args = ['--address', at, '--delay', `${JOB_DELAY_MS}`];
      const worker = new DemoProgram(join(JOBS.folder, 'client'), args, (line) => {
        console.log(`worker ${name} | ${line}`);
        if (isOneKilled || !/^did /.test(line)) return;
        isOneKilled = true;
        // By then it has the next job in its hands.
        setTimeout(() => kill(worker, name), JOB_DELAY_MS / 2);
      });
      workers.push(worker);
    }
    return await master.exitCode;
  } finally {
    interrupted.removeEventListener('abort', stop);
    master.stop();
    for (const worker of workers) worker.stop();
    await Promise.all([master, ...workers].map(({ exitCode }) => exitCode));
    rmSync(output, { recursive: true });
  }
}

function kill({ child }: DemoProgram, name: string): void {
  if (child.kill('SIGKILL')) console.log(`demo     | kills worker ${name}`);
}
