// One side of a run, in a process of its own: `side.ts STACK [profile]`, told by IPC what to do.
import type { Command, Finish } from './job.ts';
import { loadStack } from './load-stack.ts';
import { CpuProfiler } from './profiler.ts';
import type { StackClient, StackName } from './stack.ts';
import { countUsage } from './usage.ts';
import { work } from './work.ts';

const [stackName, profile] = process.argv.slice(2);
const profiler = profile ? new CpuProfiler() : undefined;
let client: StackClient | undefined;
let finish: () => Finish;

async function run(command: Command): Promise<unknown> {
  const stack = await loadStack(stackName as StackName);
  switch (command.name) {
    case 'listen':
      return stack.listen();
    case 'connect':
      client = stack.connect(command.port);
      return;
    case 'work':
      return client && work(client, command.job);
    case 'begin': {
      profiler?.begin();
      const usage = countUsage();
      finish = () => ({ usage: usage(), profile: profiler?.finish() });
      return;
    }
    case 'finish':
      return finish();
  }
}

process.on('message', async (command: Command) => {
  try {
    process.send?.({ result: await run(command) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
  }
});
// The parent is gone, or done with this process.
process.on('disconnect', () => process.exit());
