// One side of a run, in a process of its own: `side.ts STACK [profile]`, told by stdin what to do.
import { answerCommands } from './answer-commands.ts';
import type { Command, Finish } from './job.ts';
import { loadStack } from './load-stack.ts';
import { CpuProfiler } from './profiler.ts';
import type { NodeStackName, StackClient } from './stack.ts';
import { countUsage } from './usage.ts';
import { work } from './work.ts';

const [stackName, profile] = process.argv.slice(2);
const profiler = profile ? new CpuProfiler() : undefined;
let client: StackClient | undefined;
let finish: () => Finish;

answerCommands<Command>(async (command) => {
  const stack = await loadStack(stackName as NodeStackName);
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
});
