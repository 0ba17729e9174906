import { createInterface } from 'node:readline/promises';
import { Argument, Command, Option } from '@commander-js/extra-typings';
import { EXAMPLES, JOBS } from './examples.ts';
import { runDemo } from './run-demo.ts';
import { runJobs } from './run-jobs.ts';
import { Screen } from './screen.ts';
import { WHAT_IFS } from './what-if.ts';

const NORMAL_PACE_MS = 150;
const SLOW_PACE_MS = 1_000;

const ALL = [...EXAMPLES, JOBS];
const NAMES = ALL.map(({ name }) => name);

// Ctrl-C reaches the programs too, and they end in order; this one has only to wait for them.
const interruption = new AbortController();
process.on('SIGINT', () => interruption.abort()).on('SIGTERM', () => interruption.abort());

const command = new Command('demo')
  .description('Runs an example, server and client, and shows what goes over the wire.')
  .addArgument(new Argument('[example]', 'which one').choices(NAMES))
  .option('--slow', 'wait a second between messages')
  .option('--plain', 'stable text without colours, as in a pipe')
  .addOption(
    new Option('--what-if <mishap>', 'show a chat in which something goes wrong instead').choices(
      Object.keys(WHAT_IFS),
    ),
  )
  .addHelpText('after', () => `\nExamples:\n${list()}`)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

const [example] = command.parse().processedArgs;
const { slow, plain, whatIf } = command.opts();
const isPlain = plain ?? !process.stdout.isTTY;
const options = {
  screen: new Screen({ isPlain }),
  paceMs: slow ? SLOW_PACE_MS : NORMAL_PACE_MS,
  interrupted: interruption.signal,
};

if (whatIf && ((example && example !== 'chat') || slow)) {
  command.error('error: --what-if shows a chat, at its own pace; leave out the rest', { exitCode: 2 });
}
if (slow && !example)
  command.error('error: --slow goes with an example, such as: pnpm demo chat --slow', { exitCode: 2 });

if (whatIf) await WHAT_IFS[whatIf as keyof typeof WHAT_IFS](options.screen);
else process.exitCode = await runNamed(example ?? (await choose()));

async function runNamed(name: string | undefined): Promise<number> {
  if (name === JOBS.name) return runJobs(options);
  const found = EXAMPLES.find((candidate) => candidate.name === name);
  return found ? runDemo(found, options) : 0;
}

/** Asks on a terminal; elsewhere, says what there is. */
async function choose(): Promise<string | undefined> {
  console.log(`Examples, in the order in which to learn them:\n${list()}\n`);
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    console.log('Run one: pnpm demo chat');
    return undefined;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('Which one? [calc] ', { signal: interruption.signal });
    const name = answer.trim() || 'calc';
    if (NAMES.includes(name)) return name;
    console.log(`There is no "${name}".`);
    return undefined;
  } catch {
    return undefined; // Ctrl-C, or the end of the input
  } finally {
    terminal.close();
  }
}

function list(): string {
  return ALL.map(({ name, shows }) => `  ${name.padEnd(8)} ${shows}`).join('\n');
}
