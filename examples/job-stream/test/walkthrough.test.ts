import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { failures, freePort, type Program, soon, staleBlocks, Walkthrough, withRoom } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { bidiCall } from 'grpc-streams';
import { type Job, JobMessage, JobReply, JobServiceClient, MapResult, WordCounts } from 'job-proto';
import { expect, test } from 'vitest';
import { countsIn, expectedCounts, newOutput, root, server, startMaster, startWorker } from './start.ts';

const walkthrough = new Walkthrough(join(import.meta.dirname, '../README.md'), root);
const { real } = walkthrough;
const failed: Record<string, string> = {};

const lineWith = (text: string, pattern: RegExp) =>
  text.split('\n').find((line) => pattern.test(line)) ?? `no ${pattern}`;
const jobsOf = ({ stdout }: Program) => [...stdout.matchAll(/^did (\S+)$/gm)].map(([, id]) => id ?? '');

test.concurrent('the master and a worker print what the walkthrough shows, and both exit with 0', async () => {
  const { server: master, at } = await walkthrough.startServer('job-server', 50052, '--fresh');
  const worker = await walkthrough.run('job-client', at);
  expect([await master.ended, worker.exit]).toEqual([0, 0]);
  expect(worker.stderr).toBe('');
  const [, address = ''] = at;
  real.master = master.stdout
    .replace(` --address ${address}`, '')
    .replace(address, 'localhost:50052')
    // On a busy machine the master stops before it has heard the goodbye of its worker.
    .replace(/^(job-server is shutting down\n)(worker 1 did .*\n)/m, '$2$1');
  real.worker = worker.stdout;
});

test.concurrent('files are named from where the command is typed', async () => {
  const [, files = ''] = walkthrough.block('files').trim().split(' -- ');
  const args = ['--port', '0', '--output', newOutput(), '--', ...files.split(' ')];
  await walkthrough.start('job-server', ...args).prints(/counting the words of 2 files/);
});

/** A worker that replies what it likes to its first job; gives when it was refused. */
async function lie(port: string, reply: (job: Job) => JobReply): Promise<void> {
  const client = new JobServiceClient(`localhost:${port}`, credentials.createInsecure());
  const call = bidiCall(client.streamJobs(soon()));
  const { value } = await call.responses[Symbol.asyncIterator]().next();
  await call.send(new JobMessage().setJobReply(reply(value.getJob())));
  await call.status;
  client.close();
}

const unknownJob = () => new JobReply().setId('map-99').setAttempt(1);

/** Counts, in each partition, what would clear a terminal. */
function noWord(job: Job): JobReply {
  const counts = new WordCounts().setWordsList(['\u001b[2J']).setCountsList([1]).serializeBinary();
  const partitions = Array.from({ length: job.getMap()?.getPartitions() ?? 0 }, () => counts);
  return new JobReply()
    .setId(job.getId())
    .setAttempt(job.getAttempt())
    .setMap(new MapResult().setPartitionsList(partitions));
}

test.concurrent('workers that are killed, leave, or lie; the counts are right', async () => {
  const output = newOutput();
  const { master, port } = await startMaster('--output', output);
  const killed = startWorker(port, '--delay', '600000');
  await master.prints(/worker 1 has joined/);
  killed.signal('SIGKILL');
  await master.prints(/waiting for one/);
  real['worker killed'] = lineWith(master.stdout, /^worker 1 is lost/);
  real['no worker'] = lineWith(master.stdout, /^no worker/);

  await lie(port, unknownJob);
  await master.prints(/worker 2 is refused.*\n/);
  real['worker lies'] = lineWith(master.stdout, /^worker 2 is refused/);
  await lie(port, noWord);
  await master.prints(/worker 3 is refused.*\n/);
  real['reply lies'] = lineWith(master.stdout, /^worker 3 is refused/);

  const leaving = startWorker(port, '--delay', '500');
  await leaving.prints(/did map-\d+\n/);
  leaving.signal('SIGINT');
  expect(await leaving.ended).toBe(0);
  await master.prints(/worker 4 has left.*\n/);
  // A job may have crossed the half-close.
  real['worker leaves'] = lineWith(master.stdout, /^worker 4 has left/).replace(/; another worker gets .*/, '');

  const killedAtWork = startWorker(port, '--delay', '600000');
  await master.prints(/worker 5 has joined/);
  const other = startWorker(port, '--delay', '200');
  await other.prints(/did map-\d+\n/);
  killedAtWork.signal('SIGKILL');
  expect(await killedAtWork.ended).toBe('SIGKILL');
  await master.prints(/worker 5 is lost; another worker gets map-\d+\n/);
  expect(master.stdout).not.toContain('all counts are in');
  expect([await master.ended, await other.ended]).toEqual([0, 0]);
  expect(other.stdout).toMatch(/\nshut down after \d+ jobs\n$/);
  expect(countsIn(output)).toEqual(expectedCounts());
});

test.concurrent('a worker that is frozen, and another one that does its job', async () => {
  const output = newOutput();
  const { master, port } = await startMaster('--output', output, '--job-limit', '1', '--grace', '1');
  const frozen = startWorker(port, '--delay', '100');
  await frozen.prints(/connected to the master/);
  frozen.signal('SIGSTOP');
  await master.prints(/^worker 1 has not finished .*\n/m);
  const other = startWorker(port);
  expect([await master.ended, await other.ended]).toEqual([0, 0]);
  expect(countsIn(output)).toEqual(expectedCounts());
  // It wakes up, finishes its job, and may leave. The interrupt waits for it: one that came later might find it gone.
  frozen.signal('SIGINT');
  frozen.signal('SIGCONT');
  expect(await frozen.ended).toBe(0);
  const late = lineWith(master.stdout, /^worker 1 has not finished/).replace(/map-\d+/, 'map-1');
  real['worker frozen'] = `${late}\n${lineWith(master.stdout, /^worker 2 did/).replace(/\d+ jobs/, '41 jobs')}`;
});

test.concurrent('a master that is killed and started again goes on, with the worker that was there', async () => {
  const output = newOutput();
  const first = await startMaster('--port', `${await freePort()}`, '--output', output);
  const worker = startWorker(first.port, '--delay', '200');
  await worker.prints(/did map-5\n/);
  first.master.signal('SIGKILL');
  expect(await first.master.ended).toBe('SIGKILL');
  await worker.prints(/the master is away.*\n/);
  const before = jobsOf(worker);

  const { master } = await startMaster('--port', first.port, '--output', output);
  expect([await master.ended, await worker.ended]).toEqual([0, 0]);
  const [, finished] = master.stdout.match(/^resuming an interrupted run; (\d+) jobs are done$/m) ?? [];
  const [, maps, reduces] = master.stdout.match(/: (\d+) map jobs, (\d+) reduce jobs$/m) ?? [];
  const after = jobsOf(worker).slice(before.length);
  // What the master had not recorded when it was killed is done again, and nothing else.
  expect(after.length).toBe(Number(maps) + Number(reduces) - Number(finished));
  expect(Number(finished)).toBeGreaterThanOrEqual(4);
  expect(after.filter((id) => before.slice(0, Number(finished)).includes(id))).toEqual([]);
  expect(countsIn(output)).toEqual(expectedCounts());
  // The system words it in more than one way.
  real['master away'] = lineWith(worker.stdout, /^the master is away/).replace(
    /\(.*\)/,
    '(UNAVAILABLE: the connection to localhost:50052 broke: read ECONNRESET)',
  );
  real['master back'] = lineWith(master.stdout, /^resuming/).replace(/\d+ jobs/, '3 jobs');
});

test.concurrent('a journal of which a bit has flipped', async () => {
  const output = newOutput();
  const first = await startMaster('--port', `${await freePort()}`, '--output', output);
  const worker = startWorker(first.port, '--delay', '200');
  await worker.prints(/did map-5\n/);
  first.master.signal('SIGKILL');
  await first.master.ended;
  const file = join(`${output}.journal`, 'map-1');
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
  writeFileSync(file, bytes);

  const { master } = await startMaster('--port', first.port, '--output', output);
  expect([await master.ended, await worker.ended]).toEqual([0, 0]);
  expect(countsIn(output)).toEqual(expectedCounts());
  const [said = ''] = master.stdout.match(/^.* is damaged.*\nresuming .*$/m) ?? [];
  real['journal damaged'] = said.replace(/\d+ jobs/, '3 jobs');
});

/** Starts a master over one text of these words, which sends its only worker home when it ends. */
async function startOver(words: string, prepare = (command: string[]) => command) {
  const output = newOutput();
  const path = join(dirname(output), 'notes.txt');
  writeFileSync(path, words);
  const master = startProgram(
    prepare(server.command('--port', '0', '--output', output, '--log-level', 'silent', path)),
  );
  const [, port = ''] = await master.prints(/ listens on localhost:(\d+)\./);
  return { master, port, path, output };
}

test.concurrent('a text that changes', async () => {
  const { master, port, path, output } = await startOver('one two');
  writeFileSync(path, 'one two three');
  const worker = startWorker(port);
  expect([await master.ended, await worker.ended]).toEqual([1, 0]);
  expect(existsSync(output)).toBe(false);
  failed['text changes'] = master.stderr.replace(`${dirname(path)}/`, '');
});

test.concurrent('a disk that is full', async () => {
  const manyWords = Array.from({ length: 5_000 }, (_, n) => `w${n}`).join(' ');
  const { master, port, output } = await startOver(manyWords, (command) => withRoom(24, command));
  const worker = startWorker(port);
  expect([await master.ended, await worker.ended]).toEqual([1, 0]);
  expect(existsSync(output)).toBe(false);
  failed['disk full'] = master.stderr
    .replace(output, 'word-counts.tsv')
    .replace('EFBIG: file too large', 'ENOSPC: no space left on device');
});

test.concurrent('a file that is no text', async () => {
  const output = newOutput();
  const path = join(dirname(output), 'photo.jpg');
  writeFileSync(path, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10]));
  const { exit, stdout, stderr } = await server.run('--port', '0', '--output', output, path);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  failed['no text'] = lineWith(stderr.replace(`${dirname(path)}/`, ''), /^error: /);
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  real.failures = failures({
    'A text changes:': failed['text changes'],
    'The disk is full:': failed['disk full'],
    'A file is no text:': failed['no text'],
  });
  expect(staleBlocks(join(import.meta.dirname, '../scheduler.md'), real)).toEqual([]);
  expect(walkthrough.stale('session')).toEqual([]); // session-states.test.ts walks the picture
});

test('the command to take the example along names its packages', () => {
  for (const part of ['server', 'client']) {
    const { name } = JSON.parse(readFileSync(join(import.meta.dirname, `../${part}/package.json`), 'utf8'));
    expect(walkthrough.block('prune').trim().split(' ')).toContain(name);
  }
});
