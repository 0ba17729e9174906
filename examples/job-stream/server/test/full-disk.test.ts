import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inBash, skip, temporaryFolder, withRoom } from '@grpc-by-example/testing';
import { ServerProgram, startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import { countIndependently, countsOf } from '../../proto/test/count-independently.mts';
import { filesOf } from './files.ts';
import { JobPeer } from './job-peer.ts';
import { countsIn, workHonestly } from './start.ts';

const program = new ServerProgram('job-server', join(import.meta.dirname, '..'));
const TEXT = Array.from({ length: 6_000 }, (_, n) => `w${(n * 7_919) % 5_987}`).join(' ');

const READY = / listens on localhost:(\d+)\./;

/** Does what the master has to do. */
async function work([, port = '']: RegExpMatchArray): Promise<void> {
  const peer = new JobPeer(port);
  await workHonestly(peer.open()).catch(() => {});
  peer.close();
}

test.concurrent('a disk that is full is one line, exit code 1; what was there stays; with room, the rest is done', async () => {
  const [path = ''] = filesOf(TEXT);
  const output = join(temporaryFolder(), 'counts.tsv');
  writeFileSync(output, 'of yesterday');
  const command = program.command('--port', '0', '--log-level', 'silent', '--output', output, path);
  // Of the journal's files none is as long as the result.
  for (const [room, file] of [
    [2, `${output}\\.journal/map-\\d+`],
    [32, output],
  ] as const) {
    const full = startProgram(withRoom(room, command));
    await work(await full.prints(READY));
    expect(await full.ended).toBe(1);
    expect(full.stderr).toMatch(new RegExp(`^Error: cannot write ${file}: EFBIG: file too large\n$`));
    expect(readdirSync(dirname(output))).toEqual(['counts.tsv', 'counts.tsv.journal']);
  }
  const roomy = startProgram(command);
  expect(await roomy.ended).toBe(0);
  expect(roomy.stdout).toMatch(/^resuming an interrupted run; \d+ jobs are done$/m);
  expect(countsIn(output)).toEqual(countIndependently(TEXT));
});

/** Runs a program on a small file system of its own, and again when that has room; then prints what is there. */
const TWICE = `
  folder=$1
  shift
  mount -t tmpfs -o size=512k tmpfs "$folder" && head -c 448k /dev/zero > "$folder/filler"
  "$@"; echo "exit $?"
  rm "$folder/filler"
  "$@"; echo "exit $?"
  ls "$folder"; cat "$folder/counts.tsv"`;

test.concurrent('the same on a file system that is full', async (context) => {
  const namespace = ['unshare', '--map-root-user', '--mount'];
  const folder = temporaryFolder();
  const [unshare = '', ...args] = [...namespace, 'mount', '-t', 'tmpfs', 'tmpfs', folder];
  if (spawnSync(unshare, args).status !== 0) skip(context, 'no file system can be mounted here');
  const [path = ''] = filesOf(TEXT);
  const output = join(folder, 'counts.tsv');
  const command = program.command('--port', '0', '--log-level', 'silent', '--output', output, path);
  const twice = startProgram([...namespace, ...inBash(TWICE, folder, ...command)]);
  await work(await twice.prints(/ listens on localhost:(\d+)\./));
  await work(await twice.prints(/exit \d.* listens on localhost:(\d+)\./s));
  expect(await twice.ended).toBe(0);
  expect(twice.stderr).toMatch(
    /^Error: cannot write .*counts\.tsv\.journal\/\w+-\d+: ENOSPC: no space left on device\n$/,
  );
  const [first, second, rest = ''] = twice.stdout.split(/^exit (?=\d)/m);
  expect(first).toMatch(/^\d+ of \d+ jobs are done; run the same command again to do the rest$/m);
  expect(second).toMatch(/^1\n.*\nresuming an interrupted run; \d+ jobs are done\n/s);
  expect(rest.slice(0, 13)).toBe('0\ncounts.tsv\n');
  expect(countsOf(rest.slice(13))).toEqual(countIndependently(TEXT));
  expect(existsSync(output)).toBe(false);
});
