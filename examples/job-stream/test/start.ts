import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, temporaryFolder } from '@grpc-by-example/testing';
import { ClientProgram, ServerProgram } from '@grpc-by-example/testing/program-tests';
import { countIndependently, countsOf } from '../proto/test/count-independently.mts';

const folder = join(import.meta.dirname, '..');
export const root = join(folder, '../..');

/** Real texts, as the repository has them. */
const TEXTS = [
  join(folder, 'server/texts/apache-license.txt'),
  join(folder, 'README.md'),
  join(folder, 'proto/jobs.proto'),
  join(root, 'packages/grpc-streams/README.md'),
];

export const server = new ServerProgram('job-server', join(folder, 'server'));
const client = new ClientProgram('job-client', join(folder, 'client'));

/** Starts a master over the texts, without pnpm, which would not pass on SIGKILL; another `--port` wins over the free one. */
export async function startMaster(...args: string[]): Promise<{ master: Program; port: string }> {
  const { server: master, port } = await server.startOnFreePort(...args, ...TEXTS);
  return { master, port };
}

export function startWorker(port: string, ...args: string[]): Program {
  return client.start(`localhost:${port}`, ...args);
}

/** A file for a result, in a folder that is dropped after the tests. */
export function newOutput(): string {
  return join(temporaryFolder(), 'counts.tsv');
}

export function countsIn(output: string): Record<string, number> {
  return countsOf(readFileSync(output, 'utf8'));
}

/** What the texts give when nothing is spread over workers. */
export function expectedCounts(): Record<string, number> {
  return countIndependently(...TEXTS.map((path) => readFileSync(path)));
}
