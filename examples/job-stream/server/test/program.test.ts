import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { Program, run, skip, until } from 'testing';
import { afterAll, expect, test, vi } from 'vitest';
import { countIndependently } from './count-independently.ts';
import { JobPeer, type Session } from './job-peer.ts';
import { countsIn, temporaryFolder, workHonestly } from './start.ts';

vi.setConfig({ testTimeout: 120_000 });

/** What to stop in the end; tests that run at the same time cannot each have theirs. */
const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

const cwd = join(import.meta.dirname, '..');
const command = (...args: string[]) => ['node', '--import', 'tsx', 'src/main.ts', ...args];

/** A file with this text, and where its result goes. */
function input(text: string | Buffer): { folder: string; path: string; output: string } {
  const { folder, drop } = temporaryFolder();
  stops.push(drop);
  const path = join(folder, 'text.txt');
  writeFileSync(path, text);
  return { folder, path, output: join(folder, 'counts.tsv') };
}

function start(...args: string[]): Program {
  const program = new Program(command(...args), { cwd });
  stops.push(() => program[Symbol.asyncDispose]());
  return program;
}

/** Starts the program on a free port. */
async function startMaster(...args: string[]): Promise<{ server: Program; port: string; open: () => Session }> {
  const server = start('--port', '0', ...args);
  const [, port = ''] = await server.prints(/ listens on localhost:(\d+)\./);
  const open = () => {
    const peer = new JobPeer(port);
    stops.push(() => peer.close());
    return peer.open();
  };
  return { server, port, open };
}

test.concurrent('without arguments the program listens on port 50052, with the text that comes with it', async (context) => {
  const { output } = input('');
  const server = start('--output', output);
  await server.prints(/listens on.*\n/).catch(() => {});
  if (server.stderr.includes('localhost:50052 is in use')) skip(context, 'another program has port 50052');
  expect(server.stdout).toBe(
    'counting the words of 1 file, 11.1 KiB: 12 map jobs, 4 reduce jobs\n' +
      'job-server listens on localhost:50052. Start a client: pnpm --filter job-client start\n',
  );
});

test.concurrent('it prints the top words, writes all counts, sends its workers home, and exits with 0', async () => {
  const text = 'b a c b. A, b! '.repeat(100);
  const { path, output } = input(text);
  const { server, open } = await startMaster('--output', output, path);
  const session = open();
  const done = await workHonestly(session);
  expect(await session.status).toMatchObject({ code: status.OK });
  expect(await server.ended).toBe(0);
  expect(server.stdout.split('\n').filter((line) => !line.includes('listens on'))).toEqual([
    'counting the words of 1 file, 1.5 KiB: 2 map jobs, 4 reduce jobs',
    'worker 1 has joined',
    '300 b',
    '200 a',
    '100 c',
    `600 words, 3 different; all counts are in ${output}`,
    `worker 1 did ${done.length} jobs`,
    'job-server is shutting down',
    '',
  ]);
  expect(countsIn(output)).toEqual(countIndependently(text));
  expect(existsSync(`${output}.journal`)).toBe(false);
});

test.concurrent('a job that no worker can do ends the run: one line, exit code 1; the workers go in order', async () => {
  const { path, output } = input('one');
  const { server, open } = await startMaster('--output', output, path);
  const session = open();
  for (let attempt = 1; attempt <= 3; attempt++) {
    await session.received(attempt);
    session.send({ job_reply: { id: 'map-1', attempt, failure: 'out of ink' } });
  }
  await session.received(4);
  session.send({ shutdown_reply: {} });
  expect(await session.status).toMatchObject({ code: status.OK });
  expect(await server.ended).toBe(1);
  expect(server.stderr).toContain('Error: map-1 failed 3 times, last with: out of ink\n');
  expect(existsSync(output)).toBe(false);
});

test.concurrent('a worker that does not say goodbye is not waited for', async () => {
  const { path, output } = input('one');
  const { server, open } = await startMaster('--output', output, path);
  const session = open();
  void workHonestly(session, { jobs: 5 });
  expect(await server.ended).toBe(0);
  expect((await session.status).code).toBe(status.OK);
  expect(countsIn(output)).toEqual({ one: 1 });
});

test.concurrent('Ctrl-C shuts the workers down and exits with 0; the same command goes on with the rest', async () => {
  const text = 'to be continued '.repeat(500);
  const { path, output } = input(text);
  const first = await startMaster('--output', output, path);
  const session = first.open();
  await workHonestly(session, { jobs: 3 });
  await session.received(4);
  first.server.signal('SIGINT');
  expect(await session.status).toMatchObject({ code: status.OK });
  expect(session.replies.at(-1)?.shutdown).toEqual({});
  expect(await first.server.ended).toBe(0);
  expect(first.server.stdout).toMatch(/\n3 of \d+ jobs are done; the same command goes on with the rest\n$/);

  const second = await startMaster('--output', output, path);
  const rest = await workHonestly(second.open());
  expect(await second.server.ended).toBe(0);
  expect(second.server.stdout).toContain('going on with a run that was interrupted; 3 jobs are done\n');
  expect(rest[0]).toBe('map-4');
  expect(countsIn(output)).toEqual(countIndependently(text));
});

test.concurrent('a journal of other texts, or of another master, is refused; --fresh drops it', async () => {
  const { folder, path, output } = input('one two');
  const other = join(folder, 'other.txt');
  writeFileSync(other, 'three');
  const { server, open } = await startMaster('--output', output, path);
  const session = open();
  await workHonestly(session, { jobs: 1 });
  await session.received(2);
  const second = await run(command('--port', '0', '--output', output, path), { cwd });
  expect(second.exit).toBe(1);
  expect(second.stderr).toBe(`Error: another job-server writes to ${output}.journal; choose another --output\n`);
  server.signal('SIGINT');
  await server.ended;
  const third = await run(command('--port', '0', '--output', output, other), { cwd });
  expect(third.exit).toBe(1);
  expect(third.stderr).toMatch(
    /^Error: .*belongs to an unfinished run over other texts; .*--fresh to drop that run\n$/,
  );
  await startMaster('--output', output, '--fresh', other);
});

test.concurrent('a file that is not to be counted is told in one line, then the usage, and the exit code is 2', async () => {
  const { folder, path } = input(Buffer.from('a\0b'));
  for (const [file, line] of [
    [path, `error: ${path} is no text: it holds zero bytes`],
    [join(folder, 'none'), `error: cannot read ${join(folder, 'none')}: ENOENT: no such file or directory`],
  ] as const) {
    const { exit, stdout, stderr } = await run(command('--port', '0', file), { cwd });
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr.split('\n').slice(0, 3)).toEqual([line, '', 'Usage: job-server [options] [files...]']);
  }
});

test.concurrent('who reads the output may leave before its end: the run goes on', async () => {
  const { folder, path, output } = input('one');
  const socket = join(folder, 'socket');
  const args = command('--host', `unix:${socket}`, '--output', output, path);
  const pipeline = new Program(['bash', '-c', 'set -o pipefail; "$@" | head -n 1', 'bash', ...args], { cwd });
  stops.push(() => pipeline[Symbol.asyncDispose]());
  await pipeline.prints(/counting.*\n/);
  await until(() => existsSync(socket), 20_000);
  const peer = new JobPeer(`unix:${socket}`);
  stops.push(() => peer.close());
  await workHonestly(peer.open());
  expect(await pipeline.ended).toBe(0);
  expect(countsIn(output)).toEqual({ one: 1 });
});

test.concurrent('an empty file among others is told, and counts nothing', async () => {
  const { folder, path, output } = input('one');
  const empty = join(folder, 'empty.txt');
  writeFileSync(empty, '');
  const { server, open } = await startMaster('--output', output, empty, path);
  expect(server.stdout).toContain(`${empty} is empty\ncounting the words of 2 files, 3 bytes: 1 map job,`);
  await workHonestly(open());
  expect(await server.ended).toBe(0);
});

test.concurrent('a port in use is told in one line, and the journal stays usable', async () => {
  const { path, output } = input('one');
  const { port } = await startMaster('--output', output, path);
  const other = input('two');
  const second = await run(command('--port', port, '--output', other.output, other.path), { cwd });
  expect(second.exit).toBe(1);
  expect(second.stderr).toBe(`Error: localhost:${port} is in use; choose another port with --port\n`);
  await startMaster('--output', other.output, other.path);
});

test.concurrent.each([
  ['--port', 'abc'],
  ['--job-limit', '0'],
  ['--output', '/'],
  ['--output', '/dev/null/counts.tsv'],
  ['--frobnicate', ''],
])('wrong usage is told in one line, then the usage, and the exit code is 2: %s %s', async (option, value) => {
  const { exit, stdout, stderr } = await run(command(option, value), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const [line, empty, usage] = stderr.split('\n');
  expect(line).toContain(option);
  expect([empty, usage]).toEqual(['', 'Usage: job-server [options] [files...]']);
});

test.concurrent('--help shows every option and exits with 0', async () => {
  const { exit, stdout, stderr } = await run(command('--help'), { cwd });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  for (const option of ['--host', '--port', '--grace', '--tls-cert', '--output', '--fresh', '--job-limit', '--help']) {
    expect(stdout).toContain(`${option} `);
  }
});
