// Calls the servers of the examples for minutes: `pnpm --filter load soak --help`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Argument, Command } from '@commander-js/extra-typings';
import { wholeNumber } from 'grpc-program/options';
import { faultsOf, reportOf } from './report.ts';
import { Soak } from './soak.ts';
import { systems } from './systems.ts';

/** When a server has met every kind of call. */
const EARLY_MS = 10_000;

const command = new Command('soak')
  .description(
    'Calls the servers of the examples for minutes, ends the calls in every way, and reports what they keep.',
  )
  .helpOption('-h, --help', 'show this help')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .addArgument(new Argument('[names...]', 'which servers (default: all)').choices(Object.keys(systems)))
  .option('--minutes <n>', 'how long', wholeNumber(1, 600), 10)
  .action(async (names, { minutes }) => {
    const folder = mkdtempSync(join(tmpdir(), 'soak-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const chosen = names.length > 0 ? names : Object.keys(systems);
    const soaks = await Promise.all(chosen.map((name) => Soak.start(name, join(folder, `${name}.tsv`))));
    await delay(EARLY_MS);
    for (const soak of soaks) await soak.measure();
    for (let minute = 1; minute <= minutes; minute++) {
      await delay(minute === 1 ? 60_000 - EARLY_MS : 60_000);
      progress(`${minute} of ${minutes} minutes`);
      for (const soak of soaks) await soak.measure();
    }
    const results = await Promise.all(soaks.map((soak) => soak.stop()));
    progress('');
    for (const result of results) console.log(reportOf(result));
    // With its children: a server that has not stopped would keep this program.
    process.exit(results.some((result) => faultsOf(result).length > 0) ? 1 : 0);
  });

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

try {
  await command.parseAsync();
} catch (error) {
  console.error(`Error: ${(error as Error).message}`);
  process.exit(1);
}
