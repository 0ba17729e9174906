import { createInterface } from 'node:readline/promises';
import { Argument, Command } from '@commander-js/extra-typings';
import { wholeNumber } from 'grpc-program/options';
import { EXAMPLES, JOBS, MISHAPS } from './examples.ts';

// The list of the examples is there at once: what runs them is loaded when one is chosen.

const NORMAL_PACE_MS = 150;
const SLOW_PACE_MS = 1_000;

const ALL = [...EXAMPLES, JOBS];
const NAMES = ALL.map(({ name }) => name);

// Ctrl-C reaches the programs too, and they end in order; this one has only to wait for them.
const interruption = new AbortController();
process.on('SIGINT', () => interruption.abort()).on('SIGTERM', () => interruption.abort());

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // Who reads the output may leave before its end, as `head` does.
  if (code !== 'EPIPE' && process.exitCode === undefined) {
    console.error(`Error: cannot write to stdout: ${message}`);
    process.exitCode = 1;
  }
  interruption.abort();
});

const command = new Command('demo')
  .description('Runs an example, server and client, and shows what goes over the wire.')
  .addArgument(new Argument('[example]', 'which one').choices(NAMES))
  .option('--slow', 'wait a second between messages')
  .option('--plain', 'stable text without colours, as in a pipe')
  .option('--replicas <n>', 'with datahub: so many servers as one, some of which are killed', wholeNumber(2, 9))
  .option('--what-if [mishap]', 'show what happens when something goes wrong instead; by itself, list what can')
  .addHelpText('after', () => `\nExamples:\n${examples()}`)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

const { slow, plain, whatIf, replicas } = command.parse().opts();
const isPlain = plain ?? !process.stdout.isTTY;
// In `--what-if calc` it is the example that was meant.
const [example = NAMES.find((name) => name === whatIf)] = command.processedArgs;
const mishap = whatIf === true || whatIf === example ? undefined : whatIf;
/** Said of an example that has no what-ifs. */
const hasNone =
  example && example !== 'chat' && `${example} has no what-ifs; those of the chat: pnpm demo chat --what-if`;

if (whatIf && slow) wrongUsage('--what-if has its own pace; leave out --slow');
if (replicas && (example !== 'datahub' || slow || whatIf))
  wrongUsage('--replicas goes with datahub alone: pnpm demo datahub --replicas 2');
if (slow && !example) wrongUsage('--slow goes with an example, such as: pnpm demo chat --slow');

if (mishap) await show(mishap);
else if (whatIf) tellWhatIfs();
else {
  const name = example ?? (await choose());
  const exitCode = name ? await run(name) : 0;
  process.exitCode ||= exitCode;
}

async function run(name: string): Promise<number> {
  const interrupted = interruption.signal;
  if (replicas) return (await import('./run-replicas.ts')).runReplicas(replicas, { interrupted });
  const found = EXAMPLES.find((candidate) => candidate.name === name);
  if (!found) return (await import('./run-jobs.ts')).runJobs({ isPlain, interrupted });
  const { runDemo } = await import('./run-demo.ts');
  return runDemo(found, { screen: await newScreen(), paceMs: slow ? SLOW_PACE_MS : NORMAL_PACE_MS, interrupted });
}

async function newScreen() {
  const { Screen } = await import('./screen.ts');
  return new Screen({ isPlain });
}

async function show(mishap: string): Promise<void> {
  if (hasNone) wrongUsage(hasNone);
  const { WHAT_IFS } = await import('./what-if.ts');
  const play = Object.entries(WHAT_IFS).find(([name]) => name === mishap)?.[1];
  if (!play) {
    return wrongUsage(`there is no what-if '${mishap}'. Allowed choices are ${Object.keys(MISHAPS).join(', ')}.`);
  }
  await play(await newScreen());
}

function tellWhatIfs(): void {
  const mishaps = list(Object.entries(MISHAPS));
  console.log(hasNone || `What if, in a chat:\n${mishaps}\n\nShow one: pnpm demo chat --what-if cancel`);
}

/** Asks on a terminal, until there is an answer; elsewhere, says what there is. */
async function choose(): Promise<string | undefined> {
  console.log(`Examples, in the order in which to learn them:\n${examples()}\n`);
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    console.log('Run one: pnpm demo chat');
    return undefined;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: 'Which one? [chat] ' });
  terminal.on('SIGINT', () => interruption.abort());
  interruption.signal.addEventListener('abort', () => terminal.close());
  try {
    terminal.prompt();
    for await (const line of terminal) {
      const answer = line.trim() || 'chat';
      if (NAMES.includes(answer)) return answer;
      console.log(`There is no "${answer}", but ${NAMES.join(', ')}.`);
      terminal.prompt();
    }
  } finally {
    terminal.close();
  }
  if (!interruption.signal.aborted) {
    console.error('\nError: no example was chosen; run one: pnpm demo chat');
    process.exitCode = 1;
  }
  return undefined;
}

function examples(): string {
  return list(ALL.map(({ name, shows }) => [name, shows]));
}

function list(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}

function wrongUsage(message: string): never {
  return command.error(`error: ${message}`, { exitCode: 2 });
}
