// Runs the suites: `pnpm --filter conformance start`. Exits with 1 when a case fails. With --beside it counts plain
// grpc-js too, and writes result.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, type Suites } from './go.ts';
import { goClientToOurs, ourClientToGo } from './interop.ts';
import { type Counts, runSuite } from './suite.ts';

const folder = join(import.meta.dirname, '..');
const bin = join(folder, 'dist/bin');
const isBeside = process.argv.includes('--beside');

interface Line {
  readonly name: string;
  readonly ours: Counts;
  /** The same cases by plain grpc-js. */
  readonly plain?: Counts;
}

async function* lines(suites: Suites): AsyncGenerator<Line> {
  for (const mode of ['server', 'client'] as const) {
    const ours = await runSuite(suites, mode, 'ours');
    const plain = isBeside && { plain: await runSuite(suites, mode, 'grpc-js') };
    yield { name: `Connect's conformance suite, ${mode}`, ours, ...plain };
  }
  for (const security of ['plain text', 'TLS'] as const) {
    const ours = await goClientToOurs(suites, security);
    yield { name: `gRPC's interop tests, a Go client and our server, ${security}`, ours };
  }
  for (const security of ['plain text', 'TLS'] as const) {
    const ours = await ourClientToGo(suites, security);
    yield { name: `gRPC's interop tests, our client and a Go server, ${security}`, ours };
  }
}

const shareOf = ({ passed, failed }: Counts) => `${passed} of ${passed + failed}`;

const suites = await install(bin);
if (suites) {
  const table = ['| suite | passes here | plain grpc-js |', '| --- | --- | --- |'];
  for await (const { name, ours, plain } of lines(suites)) {
    console.log(`${name}: ${shareOf(ours)}${plain ? `, plain grpc-js ${shareOf(plain)}` : ''}`);
    for (const failure of ours.names) console.log(`  FAILED ${failure}`);
    if (ours.failed > 0) process.exitCode = 1;
    table.push(`| ${name} | ${shareOf(ours)} | ${plain ? shareOf(plain) : ''} |`);
  }
  if (isBeside) writeFileSync(join(folder, 'result.md'), `${table.join('\n')}\n`);
}
