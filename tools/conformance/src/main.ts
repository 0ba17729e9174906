// Runs the suites: `pnpm --filter conformance start`. Exits with 1 when a case fails. With --beside it counts
// other libraries too, and writes result.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, type Suites } from './go.ts';
import { goClientToOurs, ourClientToGo } from './interop.ts';
import { type Counts, type Library, runSuite } from './suite.ts';

const folder = join(import.meta.dirname, '..');
const bin = join(folder, 'dist/bin');
const isBeside = process.argv.includes('--beside');

interface Line {
  readonly name: string;
  readonly ours: Counts;
  /** The same cases by other libraries, in this order. */
  readonly others: readonly Counts[];
}

const OTHERS: readonly Library[] = ['grpc-js', 'nice-grpc', 'connect-node'];

async function* lines(suites: Suites): AsyncGenerator<Line> {
  for (const mode of ['server', 'client'] as const) {
    const ours = await runSuite(suites, mode, 'ours');
    const others: Counts[] = [];
    for (const library of isBeside ? OTHERS : []) others.push(await runSuite(suites, mode, library));
    yield { name: `Connect's conformance suite, ${mode}`, ours, others };
  }
  for (const security of ['plain text', 'TLS'] as const) {
    const ours = await goClientToOurs(suites, security);
    yield { name: `gRPC's interop tests, a Go client and our server, ${security}`, ours, others: [] };
  }
  for (const security of ['plain text', 'TLS'] as const) {
    const ours = await ourClientToGo(suites, security);
    yield { name: `gRPC's interop tests, our client and a Go server, ${security}`, ours, others: [] };
  }
}

const allOf = ({ passed, failed }: Counts) => passed + failed;
const shareOf = (counts: Counts, all = allOf(counts)) => `${counts.passed} of ${all}`;

const suites = await install(bin, { descriptors: isBeside });
if (suites) {
  const table = [`| suite | passes here | plain ${OTHERS.join(' | ')} |`, `|${' --- |'.repeat(OTHERS.length + 2)}`];
  for await (const { name, ours, others } of lines(suites)) {
    console.log(
      [`${name}: ${shareOf(ours)}`, ...others.map((other, at) => `${OTHERS[at]} ${shareOf(other, allOf(ours))}`)].join(
        ', ',
      ),
    );
    for (const failure of ours.names) console.log(`  FAILED ${failure}`);
    if (ours.failed > 0) process.exitCode = 1;
    const shares = OTHERS.map((_, at) => (others[at] ? shareOf(others[at], allOf(ours)) : ''));
    table.push(`| ${[name, shareOf(ours), ...shares].join(' | ')} |`);
  }
  if (isBeside) writeFileSync(join(folder, 'result.md'), `${table.join('\n')}\n`);
}
