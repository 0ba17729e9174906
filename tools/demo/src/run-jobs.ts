import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manyLanesOf, manyLanesTitles, readTraceLine } from 'stream-trace';
import { DemoProgram } from './demo-program.ts';
import { JOBS } from './examples.ts';
import { Screen } from './screen.ts';

/** By letters: the master numbers them in the order in which they join. */
const WORKERS = ['a', 'b', 'c'];
/** So that a worker is killed with a job in its hands. */
const JOB_DELAY_MS = 300;
/** What they print at once with an event is shown after it. */
const SAID_AFTER_MS = 30;

/**
 * Runs a master and three workers, and kills the one that is first done with a job. Shows what goes over the wire in a
 * lane for each of them, and what they print.
 *
 * @returns the exit code of the master
 */
export async function runJobs({
  isPlain,
  interrupted,
}: {
  isPlain: boolean;
  interrupted: AbortSignal;
}): Promise<number> {
  const width = isPlain ? 80 : Math.min(Math.max(80, process.stdout.columns ?? 80), 120);
  const lanes = { server: 'master', callers: WORKERS.map((name) => `worker ${name}`), width, color: !isPlain };
  /** Which worker a call is of. */
  const callers = new Map<string, number>();
  const screen = new Screen({
    isPlain,
    isLive: true,
    lane: (event) => manyLanesOf(event, callers.get(event.call) ?? 0, lanes),
  });
  const output = mkdtempSync(join(tmpdir(), 'word-counts-'));
  let ready: (address: string) => void = () => {};
  const address = new Promise<string>((resolve) => {
    ready = resolve;
  });
  const masterArgs = ['--port', '0', '--trace', '--log-level', 'warn', '--output', join(output, 'counts.tsv')];
  const master = new DemoProgram(join(JOBS.folder, 'server'), masterArgs, (line) => {
    const event = readTraceLine(line);
    if (event) return screen.draw(event);
    // The demo drops its journal, so there is nothing to go on with.
    const shown = line.replace(output, '…').replace(/; run the same command again to do the rest$/, '');
    screen.say(`master   | ${shown}`, SAID_AFTER_MS);
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
    screen.say(manyLanesTitles(lanes));
    for (const [n, name] of WORKERS.entries()) {
      const args = ['--address', at, '--trace', '--delay', `${JOB_DELAY_MS}`];
      const worker = new DemoProgram(join(JOBS.folder, 'client'), args, (line) => {
        const event = readTraceLine(line);
        if (event) {
          callers.set(event.call, n);
          return screen.draw(event);
        }
        screen.say(`worker ${name} | ${line}`, SAID_AFTER_MS);
        if (isOneKilled || !/^did /.test(line)) return;
        isOneKilled = true;
        // By then it has the next job in its hands.
        setTimeout(() => kill(worker, name, screen), JOB_DELAY_MS / 2);
      });
      workers.push(worker);
    }
    return await master.exitCode;
  } finally {
    interrupted.removeEventListener('abort', stop);
    master.stop();
    for (const worker of workers) worker.stop();
    await Promise.all([master, ...workers].map(({ exitCode }) => exitCode));
    screen.flush();
    rmSync(output, { recursive: true });
  }
}

function kill({ child }: DemoProgram, name: string, screen: Screen): void {
  if (child.kill('SIGKILL')) screen.say(`demo     | kills worker ${name}`);
}
