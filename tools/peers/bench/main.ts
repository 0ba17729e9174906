// Streaming throughput and latency of grpc-streams and of what else there is for Node, server and client in a process
// each. Absolute numbers differ from machine to machine; within one run, the ratios are what counts.
import { compare } from './compare.ts';
import { KINDS } from './job.ts';
import { whyLeftOut } from './left-out.ts';
import { HELP, readOptions } from './options.ts';
import { reportProfile } from './profiles.ts';
import { Progress } from './progress.ts';
import { type Result, report } from './report.ts';

const options = readOptions(process.argv.slice(2));
if (options) await bench(options);
else console.log(HELP);

async function bench({ comparisons, rounds, limitSeconds, profileFolder }: NonNullable<typeof options>): Promise<void> {
  const leftOut = new Set<string>();
  const possible = comparisons.map(({ job, stacks }) => ({
    job,
    stacks: stacks.filter((stack) => {
      const why = whyLeftOut(stack);
      if (why) leftOut.add(`Left out: ${why}.`);
      return !why;
    }),
  }));
  const progress = new Progress(rounds * possible.reduce((sum, { stacks }) => sum + stacks.length, 0));
  console.log(`Node ${process.version}, median of ${rounds} rounds; CPU in seconds per million messages, peak RSS.`);
  for (const line of leftOut) console.log(line);

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
