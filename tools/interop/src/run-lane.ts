// Runs the examples with clients and servers in other languages: `pnpm --filter interop start --help`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from '@commander-js/extra-typings';
import { stopAll } from '@grpc-by-example/testing';
import { COMPILED, compilePrograms } from '@grpc-by-example/testing/programs';
import { ROOT } from './examples.ts';
import { runPeer, type Tally } from './lane.ts';
import { PEERS_IN_ORDER } from './peers/index.ts';
import { writeSections } from './result.ts';
import type { Peer } from './row.ts';

const names = PEERS_IN_ORDER.map(({ name }) => name);

const { args } = new Command('interop')
  .description('Runs each example with clients and servers in other languages, and writes result.md.')
  .helpOption('-h, --help', 'show this help')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .addArgument(new Argument('[peers...]', 'the peers to run; all of them by default').choices(names))
  .parse();
const chosen = args.length === 0 ? PEERS_IN_ORDER : PEERS_IN_ORDER.filter(({ name }) => args.includes(name));

const programs = mkdtempSync(join(tmpdir(), 'programs-'));
process.env[COMPILED] = programs;
process.on('exit', () => rmSync(programs, { recursive: true, force: true }));
await compilePrograms(ROOT, programs);

const sum: Tally = { passed: 0, failed: 0, skipped: 0 };
const good: Peer[] = [];
for (const peer of chosen) {
  const startedAt = performance.now();
  const tally = await runPeer(peer, console.log);
  sum.passed += tally.passed;
  sum.failed += tally.failed;
  sum.skipped += tally.skipped;
  if (tally.failed === 0 && tally.skipped === 0) good.push(peer);
  console.log(`${peer.title()}: ${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
}
await stopAll();
writeSections(good, PEERS_IN_ORDER);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;
