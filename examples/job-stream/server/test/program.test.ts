import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { inBash, type Program, stopLater, temporaryFolder, until } from '@grpc-by-example/testing';
import { ServerProgram, startProgram, testServerProgram } from '@grpc-by-example/testing/program-tests';
import { startServer } from 'grpc-program/server';
import { expect, test } from 'vitest';
import { countIndependently } from '../../proto/test/count-independently.mts';
import { JobPeer, type Session } from './job-peer.ts';
import { countsIn, workHonestly } from './start.ts';

/** A file with this text, and where its result goes, in a folder that is dropped after the tests. */
function input(text: string | Buffer): { folder: string; path: string; output: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'text.txt');
  writeFileSync(path, text);
  return { folder, path, output: join(folder, 'counts.tsv') };
}

const program = new ServerProgram('job-server', join(import.meta.dirname, '..'));

/** The same, each start with a result, and so a journal, of its own. */
class WithOutput extends ServerProgram {
  override command(...args: string[]): string[] {
    return super.command('--output', input('').output, ...args);
  }
}

/** A worker's session. */
function openSession(address: string): Session {
  const peer = new JobPeer(address);
  stopLater(() => peer.close());
  return peer.open();
}

testServerProgram(new WithOutput('job-server', join(import.meta.dirname, '..')), {
  port: 50052,
  client: 'job-client',
  options: ['--output', '--fresh', '--job-limit'],
  wrong: [
    ['--job-limit', '0'],
    ['--output', '/'],
  ],
  before: 'counting the words of 1 file, 11.1 KiB: 12 map jobs, 4 reduce jobs\n',
  call: async (port) => expect(await workHonestly(openSession(port), { jobs: 1 })).toEqual(['map-1']),
  async open(port) {
    const session = openSession(port);
    await session.received(1);
    return session;
  },
  stopped: { code: status.OK },
});

/** Starts the program on a free port. */
async function startMaster(...args: string[]): Promise<{ server: Program; port: string; open: () => Session }> {
  const { server, port } = await program.startOnFreePort(...args);
  return { server, port, open: () => openSession(port) };
}

test.concurrent('it prints the top words, writes all counts, sends its workers home, and exits with 0', async () => {
  const text = 'b a c b. A, b! '.repeat(100);
  const { path, output } = input(text);
  const { server, open } = await startMaster('--output', output, path);
  const session = open();
  const done = await workHonestly(session);
  expect(await session.status).toMatchObject({ code: status.OK });
  expect(await server.ended).toBe(0);
  expect(server.stdout).toContain('\njob-server is shutting down\n');
  // When it listens, and whether it waits for the goodbye of a worker, depends on the machine.
  expect(server.stdout.split('\n').filter((line) => !/listens on|is shutting down/.test(line))).toEqual([
    'counting the words of 1 file, 1.5 KiB: 2 map jobs, 4 reduce jobs',
    'worker 1 has joined',
    '300 b',
    '200 a',
    '100 c',
    `600 words, 3 different; all counts are in ${output}`,
    `worker 1 did ${done.length} jobs`,
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

test.concurrent('Ctrl-C shuts the workers down and exits with 0; the same command then does the rest', async () => {
  const text = 'to be continued '.repeat(500);
  const { path, output } = input(text);
  const first = await startMaster('--output', output, path);
  const session = first.open();
  await workHonestly(session, { jobs: 3 });
  await session.received(4);
  first.server.signal('SIGINT');
  expect(await session.status).toMatchObject({ code: status.OK });
  expect(session.responses.at(-1)?.shutdown).toEqual({});
  expect(await first.server.ended).toBe(0);
  expect(first.server.stdout).toMatch(/\n3 of \d+ jobs are done; run the same command again to do the rest\n$/);

  const second = await startMaster('--output', output, path);
  const rest = await workHonestly(second.open());
  expect(await second.server.ended).toBe(0);
  expect(second.server.stdout).toContain('resuming an interrupted run; 3 jobs are done\n');
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
  const second = await program.run('--port', '0', '--output', output, path);
  expect(second.exit).toBe(1);
  expect(second.stderr).toBe(`Error: another job-server is writing to ${output}.journal; choose another --output\n`);
  server.signal('SIGINT');
  await server.ended;
  const third = await program.run('--port', '0', '--output', output, other);
  expect(third.exit).toBe(1);
  expect(third.stderr).toMatch(
    /^Error: .*belongs to an unfinished run over other texts; .*--fresh to discard that run\n$/,
  );
  await startMaster('--output', output, '--fresh', other);
});

test.concurrent('a file that cannot be counted is reported on one line, then the usage, and the exit code is 2', async () => {
  const none = join(input('').folder, 'none');
  const { exit, stdout, stderr } = await program.run('--port', '0', none);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const line = `error: cannot read ${none}: ENOENT: no such file or directory`;
  expect(stderr.split('\n').slice(0, 3)).toEqual([line, '', 'Usage: job-server [options] [files...]']);
});

test.concurrent.each<[string, (folder: string) => string]>([
  ['that text', (folder) => join(folder, 'text.txt')],
  ['a link to it', (folder) => link(folder, symlinkSync)],
  ['another name of it', (folder) => link(folder, linkSync)],
])('a text is not overwritten: --output is %s', async (_, outputIn) => {
  const { folder, path } = input('my only copy');
  const output = outputIn(folder);
  const { exit, stdout, stderr } = await program.run('--port', '0', '--output', output, path);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr.split('\n')[0]).toBe(`error: the result would overwrite ${path}; choose another --output`);
  expect(readFileSync(path, 'utf8')).toBe('my only copy');
});

function link(folder: string, make: (path: string, link: string) => void): string {
  make(join(folder, 'text.txt'), join(folder, 'link'));
  return join(folder, 'link');
}

test.concurrent.each(['/dev/null', '/dev/full', '/dev/stdout'])('%s is no --output', async (output) => {
  const { path } = input('one');
  const { exit, stdout, stderr } = await program.run('--port', '0', '--output', output, path);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr.split('\n')[0]).toMatch(
    `error: option '--output <file>' argument '${output}' is invalid. ${output} is a `,
  );
});

test.concurrent('a result that is there is replaced at the end: through its link, and with its mode', async () => {
  const { folder, path, output } = input('one');
  const result = join(folder, 'result.tsv');
  writeFileSync(result, 'of yesterday', { mode: 0o600 });
  symlinkSync('result.tsv', output);
  const { server, open } = await startMaster('--output', output, path);
  const session = open();
  await workHonestly(session, { jobs: 4 });
  expect(readFileSync(result, 'utf8')).toBe('of yesterday');
  await workHonestly(session, { from: 4 });
  expect(await server.ended).toBe(0);
  expect(countsIn(result)).toEqual({ one: 1 });
  expect([statSync(result).mode & 0o777, readlinkSync(output)]).toEqual([0o600, 'result.tsv']);
  expect(readdirSync(folder).sort()).toEqual(['counts.tsv', 'result.tsv', 'text.txt']);
});

test.concurrent('who reads the output may leave before its end: the run goes on', async () => {
  const { folder, path, output } = input('one');
  const socket = join(folder, 'socket');
  const args = program.command('--host', `unix:${socket}`, '--output', output, path);
  const pipeline = startProgram(inBash('set -o pipefail; "$@" | head -n 1', ...args));
  await pipeline.prints(/counting.*\n/);
  await until(() => existsSync(socket));
  await workHonestly(openSession(`unix:${socket}`));
  expect(await pipeline.ended).toBe(0);
  expect(countsIn(output)).toEqual({ one: 1 });
});

test.concurrent('a journal that was begun before the port was found in use stays usable', async () => {
  const { path, output } = input('one');
  const holder = await startServer([]);
  stopLater(() => holder.forceStop());
  const { exit } = await program.run('--port', `${holder.port}`, '--output', output, path);
  expect(exit).toBe(1);
  const { open } = await startMaster('--output', output, path);
  expect(await workHonestly(open(), { jobs: 1 })).toEqual(['map-1']);
});
