import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { bidiCall } from 'grpc-streams';
import { JobMessage, JobReply, JobServiceClient } from 'job-proto';
import { Program, readmeBlocks, run, soon, staleBlocks } from 'testing';
import { expect, test, vi } from 'vitest';
import { countIndependently, linesIn, newOutput, startMaster, startWorker } from './start.ts';

vi.setConfig({ testTimeout: 120_000 });

const readme = join(import.meta.dirname, '../README.md');
const cwd = join(import.meta.dirname, '../../..');
const real: Record<string, string> = {};

const script = (program: string, ...args: string[]) => ['pnpm', '--silent', '--filter', program, 'start', ...args];
const linesWith = (text: string, ...patterns: RegExp[]) =>
  patterns.map((pattern) => text.split('\n').find((line) => pattern.test(line)) ?? `no ${pattern}`).join('\n');

test('the master and a worker print what the walkthrough shows, and both exit with 0', async () => {
  await using master = new Program(script('job-server', '--port', '0', '--fresh'), { cwd });
  const [, address = ''] = await master.prints(/ listens on (\S+)\./);
  const worker = await run(script('job-client', '--address', address), { cwd });
  expect([await master.ended, worker.exit]).toEqual([0, 0]);
  expect(worker.stderr).toBe('');
  real.master = master.stdout.replace(` --address ${address}`, '').replace(address, 'localhost:50052');
  real.worker = worker.stdout;
});

test('files are named from where the command is typed', async () => {
  const command = readmeBlocks(readme).find(({ source }) => source === 'files')?.text ?? '';
  const [, files = ''] = command.trim().split(' -- ');
  const output = newOutput();
  const args = ['--port', '0', '--output', output, '--', ...files.split(' ')];
  await using master = new Program(script('job-server', ...args), { cwd });
  await master.prints(/counting the words of 2 files/);
});

test('a worker that is killed, leaves, or lies', async () => {
  const { master, port } = await startMaster('--port', '0', '--output', newOutput());
  const killed = startWorker(port, '--delay', '600000');
  await master.prints(/worker 1 has joined/);
  killed.signal('SIGKILL');
  await master.prints(/the run waits for one/);
  real['worker killed'] = linesWith(master.stdout, /^worker 1 is lost/);
  real['no worker'] = linesWith(master.stdout, /^no worker/);

  const client = new JobServiceClient(`localhost:${port}`, credentials.createInsecure());
  const call = bidiCall(client.streamJobs(soon()));
  await call.send(new JobMessage().setJobReply(new JobReply().setId('map-99').setAttempt(1)));
  await call.status;
  client.close();
  await master.prints(/worker 2 is refused.*\n/);
  real['worker lies'] = linesWith(master.stdout, /^worker 2 is refused/);

  const leaving = startWorker(port, '--delay', '300');
  await leaving.prints(/did map-\d+\n/);
  leaving.signal('SIGINT');
  expect(await leaving.ended).toBe(0);
  await master.prints(/worker 3 has left.*\n/);
  // A job may have crossed the half-close.
  real['worker leaves'] = linesWith(master.stdout, /^worker 3 has left/).replace(/; another worker gets .*/, '');
});

test('a worker that is frozen, and another one that does its job', async () => {
  const output = newOutput();
  const { master, port } = await startMaster('--port', '0', '--output', output, '--job-limit', '1', '--grace', '1');
  const frozen = startWorker(port, '--delay', '100');
  await frozen.prints(/connected to the master/);
  frozen.signal('SIGSTOP');
  const other = startWorker(port, '--delay', '40');
  expect([await master.ended, await other.ended]).toEqual([0, 0]);
  expect(linesIn(output)).toEqual(countIndependently());
  // It wakes up, finishes its job, and may leave.
  frozen.signal('SIGCONT');
  frozen.signal('SIGINT');
  expect(await frozen.ended).toBe(0);
  real['worker frozen'] = linesWith(master.stdout, /^worker 1 has not done/, /^worker 2 did/)
    .replace(/map-\d+/, 'map-1')
    .replace(/\d+ jobs/, '41 jobs');
});

test('a master that is killed and started again', async () => {
  const output = newOutput();
  const first = await startMaster('--port', '0', '--output', output);
  const worker = startWorker(first.port, '--delay', '50');
  await worker.prints(/did map-3\n/);
  first.master.signal('SIGKILL');
  await worker.prints(/the master is away.*\n/);
  const { master } = await startMaster('--port', first.port, '--output', output);
  expect([await master.ended, await worker.ended]).toEqual([0, 0]);
  // The system words it in more than one way.
  real['master away'] = linesWith(worker.stdout, /^the master is away/).replace(
    /\(.*\)/,
    '(UNAVAILABLE: read ECONNRESET)',
  );
  real['master back'] = linesWith(master.stdout, /^going on/).replace(/\d+ jobs/, '3 jobs');
});

test('a file that is no text', async () => {
  const output = newOutput();
  const path = join(dirname(output), 'photo.jpg');
  writeFileSync(path, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10]));
  const { exit, stderr } = await run(script('job-server', '--port', '0', '--output', output, '--', path), { cwd });
  expect(exit).not.toBe(0); // pnpm gives its own code
  real['no text'] = linesWith(stderr.replaceAll(`${dirname(path)}/`, ''), /^error: /);
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  // Commands are run above; the picture is walked in session-states.test.ts.
  for (const { kind, source, text } of readmeBlocks(readme)) {
    if (kind === 'commands' || kind === 'diagram') real[source] = text;
  }
  expect(staleBlocks(readme, real)).toEqual([]);
});

test('the command to take the example along names its packages', () => {
  const command = readmeBlocks(readme).find(({ source }) => source === 'prune')?.text ?? '';
  for (const part of ['server', 'client']) {
    const { name } = JSON.parse(readFileSync(join(import.meta.dirname, `../${part}/package.json`), 'utf8'));
    expect(command.split(' ')).toContain(name);
  }
});
