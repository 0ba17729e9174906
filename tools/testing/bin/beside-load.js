#!/usr/bin/env node
// Runs a command beside so many processes that keep a core busy, and ends them with it:
//   node tools/testing/bin/beside-load.js 16 pnpm test
import { spawn } from 'node:child_process';

/** Longer than any suite runs; then the load ends by itself. */
const LONGEST_MS = 60 * 60 * 1_000;
/** Ends with its standard input, and so with this program, however that ends. */
const BUSY = `
  process.stdin.resume().on('end', () => process.exit()).on('error', () => process.exit());
  setTimeout(() => process.exit(), ${LONGEST_MS});
  (function work() {
    for (const until = Date.now() + 50; Date.now() < until; );
    setImmediate(work);
  })();`;

const [count = '', command, ...args] = process.argv.slice(2);
if (!/^\d{1,2}$/.test(count) || !command) {
  console.error('Usage: beside-load <processes, at most 99> <command> [arguments...]');
  process.exit(2);
}
const load = Array.from({ length: Number(count) }, () =>
  spawn(process.execPath, ['-e', BUSY], { stdio: ['pipe', 'ignore', 'ignore'] }),
);
const program = spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
program.on('error', (error) => {
  console.error(`Error: ${error.message}`);
  process.exit(1);
});
program.on('exit', (code) => {
  for (const busy of load) busy.kill();
  process.exitCode = code ?? 1;
});
