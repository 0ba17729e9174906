// Throughput, latency and cost of grpc-streams, of what else there is for Node, and of gRPC in other languages, server
// and client in a process each. Absolute numbers differ from machine to machine; within one run, the ratios are what
// counts.
import { compare } from './compare.ts';
import { KINDS } from './job.ts';
import { whyLeftOut } from './left-out.ts';
import { HELP, readOptions } from './options.ts';
import { build, isOtherLanguage } from './other-languages.ts';
import { reportProfile } from './profiles.ts';
import { Progress } from './progress.ts';
import { type Result, report } from './report.ts';
import { STACKS, type StackName } from './stack.ts';

const options = readOptions(process.argv.slice(2));
if (options) await bench(options);
else console.log(HELP);

async function bench({ comparisons, rounds, limitSeconds, profileFolder }: NonNullable<typeof options>): Promise<void> {
  const here = prepare(STACKS.filter((stack) => comparisons.some(({ stacks }) => stacks.includes(stack))));
  const possible = comparisons.map(({ job, stacks }) => ({ job, stacks: stacks.filter((stack) => here.has(stack)) }));
  const progress = new Progress(rounds * possible.reduce((sum, { stacks }) => sum + stacks.length, 0));
  console.log(`Median of ${rounds} rounds; CPU in seconds per million messages, peak RSS.`);

  for (const kind of KINDS) {
    const results: Result[] = [];
    for (const comparison of possible.filter(({ job }) => job.kind === kind)) {
      const { size, streams } = comparison.job;
      const onRun = (stack: string) => progress.next(`${kind} ${size} B × ${streams} ${stack}`);
      const profile = profileFolder !== undefined;
      const runs = await compare(comparison, { rounds, limitSeconds, profile, onRun });
      results.push({ job: comparison.job, runs });
    }
    progress.clear();
    if (results.length > 0) console.log(`\n${report(kind, results)}`);
    if (profileFolder !== undefined) await printProfiles(results, profileFolder);
  }
}

/** Gives the stacks that can run here; builds those in other languages, and says which versions these have. */
function prepare(stacks: readonly StackName[]): Set<StackName> {
  const here = new Set<StackName>();
  const versions = [`Node ${process.version}`];
  const leftOut: string[] = [];
  for (const stack of stacks) {
    if (isOtherLanguage(stack)) console.error(`Building ${stack}; the first time, that takes minutes`);
    const built = isOtherLanguage(stack) ? build(stack) : { why: whyLeftOut(stack) };
    if ('version' in built) versions.push(`${stack}: ${built.version}`);
    if ('why' in built && built.why !== undefined) leftOut.push(`Left out: ${built.why}.`);
    else here.add(stack);
  }
  console.log(`${versions.join('; ')}.`);
  for (const line of leftOut) console.log(line);
  return here;
}

async function printProfiles(results: readonly Result[], folder: string): Promise<void> {
  for (const { job, runs } of results) {
    for (const { stack, measurements } of runs) {
      for (const side of ['client', 'server'] as const) {
        const profile = measurements.at(-1)?.profiles[side];
        if (!profile) continue;
        const name = `${job.kind}-${job.size}-${job.streams}-${stack}-${side}`;
        console.log(await reportProfile(profile, folder, name));
      }
    }
  }
}
