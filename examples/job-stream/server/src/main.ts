import { fromTyped, wholeNumber } from 'grpc-program/options';
import { runServer, serverCommand } from 'grpc-program/server';
import { descriptorSet, JobServiceService } from 'job-proto';
import { isSameFile } from 'whole-file';
import { startCount } from './count-run.ts';
import { type Plan, plan } from './counting/plan.ts';
import { UnusableFile } from './counting/text-file.ts';
import { DEFAULT_OUTPUT, DEFAULT_TEXTS, outputFile } from './options.ts';
import { describePlan } from './report.ts';
import { runToEnd } from './run-to-end.ts';
import { Screen } from './screen.ts';

const screen = new Screen();
const command = serverCommand('job-server', {
  port: 50052,
  description: 'Counts the words of text files (by default, of a licence) with the help of the workers that connect.',
})
  .argument('[files...]', 'the text files to count')
  .option(
    '--output <file>',
    'the file for the counts; the journal of an unfinished run is kept beside it',
    outputFile,
    DEFAULT_OUTPUT,
  )
  .option('--fresh', 'discard what an unfinished run has done')
  .option(
    '--job-limit <seconds>',
    'how long a worker may take before another one gets its job too',
    wholeNumber(1, 999_999),
    30,
  );

await runServer(command, {
  services: ({ output, fresh, jobLimit }, stop) => {
    const planned = planFiles(output);
    for (const line of describePlan(planned)) screen.log(line);
    const { log, progress: onProgress } = screen;
    const run = startCount(planned, { output, fresh: fresh === true, jobMs: jobLimit * 1_000, log, onProgress });
    void runToEnd(run, output, screen).then(stop);
    return [[JobServiceService, run.service, () => run.stop()]];
  },
  descriptorSet,
  client: 'pnpm --filter job-client start',
});

/** Plans what is to be counted; a file that cannot be counted is wrong usage, and so is one that is also the output. */
function planFiles(output: string): Plan {
  const [files] = command.processedArgs;
  try {
    const planned = plan(files.length > 0 ? files.map(fromTyped) : DEFAULT_TEXTS);
    const overwritten = planned.files.find(({ path }) => isSameFile(path, output));
    if (overwritten) throw new UnusableFile(`the result would overwrite ${overwritten.path}; choose another --output`);
    return planned;
  } catch (error) {
    if (error instanceof UnusableFile) command.error(`error: ${error.message}`);
    throw error;
  }
}
