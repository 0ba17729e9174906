// The difference between your work and the solution; or, with the number of a task, the solution of that task.
import { spawnSync } from 'node:child_process';
import { exercise, solutionOf } from './folders.ts';
import { taskOf } from './task-argument.ts';

const task = taskOf(process.argv[2]);
if (task) {
  console.log(`Task ${task.number}: ${task.title} (end/${task.file})\n\n${solutionOf(task)}`);
} else {
  // It works outside a repository too, and exits with 1 when there is a difference. What a reader has configured for git,
  // a pager or another tool, does not come in between.
  const diff = ['--no-pager', 'diff', '--no-ext-diff', '--no-index', '--no-prefix', 'start', 'end'];
  const { error, status } = spawnSync('git', diff, { cwd: exercise, stdio: 'inherit' });
  if (error)
    console.error(
      'Error: git, which shows the difference, is not installed; compare the folders start and end yourself',
    );
  else if (status === 0) console.log('No difference: start is the solution.');
  process.exitCode = error ? 1 : 0;
}
