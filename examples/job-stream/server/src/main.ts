import { setTimeout as delay } from 'node:timers/promises';
import { runServer, serverCommand } from 'grpc-service';
import { descriptorSet, JobServiceService } from 'job-proto';
import { type CountRun, startCount } from './count-run.ts';
import { asTyped, DEFAULT_OUTPUT, DEFAULT_TEXTS, fromTyped, outputFile, seconds } from './options.ts';
import { plan, UnusableFile } from './plan.ts';
import { describePlan, describeSummary } from './report.ts';
import { Screen } from './screen.ts';

/** How long the workers have to say goodbye. */
const GOODBYE_MS = 2_000;

const { log, progress } = new Screen();
const command = serverCommand('job-server', {
  port: 50052,
  description: 'Counts the words of text files (without files, of a licence) with the workers that connect.',
})
  .usage('[options] [files...]')
  .allowExcessArguments()
  .option('--output <file>', 'where the counts go, and the journal of an unfinished run', outputFile, DEFAULT_OUTPUT)
  .option('--fresh', 'drop what an unfinished run has done')
  .option('--job-limit <seconds>', 'after so long, give a job to another worker, too', seconds, 30);

let run: CountRun | undefined;
await runServer(command, {
  services: ({ output, fresh, jobLimit }) => {
    const planned = planFiles();
    for (const line of describePlan(planned)) log(line);
    run = startCount(planned, { output, fresh: fresh === true, jobMs: jobLimit * 1_000, log, onProgress: progress });
    void endWith(run, output);
    return [[JobServiceService, run.service]];
  },
  descriptorSet,
  client: 'pnpm --filter job-client start',
});
await run?.stop();

function planFiles() {
  try {
    return plan(command.args.length > 0 ? command.args.map(fromTyped) : DEFAULT_TEXTS);
  } catch (error) {
    if (error instanceof UnusableFile) command.error(`error: ${error.message}`);
    throw error;
  }
}

/** Prints the result, and ends the server as Ctrl-C would, once the workers are gone. */
async function endWith({ summary, dismissWorkers }: CountRun, output: string): Promise<void> {
  try {
    for (const line of describeSummary(await summary, asTyped(output))) log(line);
  } catch (error) {
    progress('');
    console.error(`Error: ${(error as Error).message}`);
    process.exitCode = 1;
  }
  progress('');
  await Promise.race([dismissWorkers(), delay(GOODBYE_MS, undefined, { ref: false })]);
  // Nobody hears it when the run is over before the server listens.
  if (!process.emit('SIGTERM')) process.exit();
}
