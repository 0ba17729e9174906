import { setTimeout as delay } from 'node:timers/promises';
import { asTyped } from 'grpc-program/options';
import { asText } from 'grpc-program/server';
import type { CountRun } from './count-run.ts';
import { describeSummary } from './report.ts';
import type { Screen } from './screen.ts';

/** How long the workers have to say goodbye, in milliseconds. */
const GOODBYE_MS = 2_000;

/** Waits for the result, prints it, and sends the workers home. */
export async function runToEnd(run: CountRun, output: string, { log, progress }: Screen): Promise<void> {
  try {
    const summary = await run.summary;
    progress('');
    for (const line of describeSummary(summary, asTyped(output))) log(line);
  } catch (error) {
    progress('');
    console.error(`Error: ${asText((error as Error).message)}`);
    process.exitCode = 1;
  }
  await Promise.race([run.dismissWorkers(), delay(GOODBYE_MS, undefined, { ref: false })]);
}
