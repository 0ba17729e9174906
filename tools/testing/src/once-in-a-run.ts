import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPILED } from './compiled.ts';
import { until } from './wait.ts';

/**
 * Does something once in a run of tests. Whoever wants the same, in this process or another, waits for it.
 *
 * @param name of a file
 * @returns what came of it, by way of JSON
 * @throws what went wrong, to all who wait
 */
export async function onceInARun<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const folder = join(process.env[COMPILED] ?? '', 'once');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  if (isFirst(join(folder, name))) {
    const outcome = await work().then(
      (result) => ({ result }),
      (error) => ({ error: error instanceof Error ? error.message : String(error) }),
    );
    writeFileSync(`${file}.part`, JSON.stringify(outcome));
    renameSync(`${file}.part`, file);
  }
  await until(() => existsSync(file));
  const { result, error } = JSON.parse(readFileSync(file, 'utf8')) as { result: Result; error?: string };
  if (error !== undefined) throw new Error(error);
  return result;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
