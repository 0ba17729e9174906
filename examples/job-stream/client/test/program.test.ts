import { Metadata, status } from '@grpc/grpc-js';
import { run, until } from 'testing';
import { expect, test, vi } from 'vitest';
import { mapJob, type PeerSession } from './job-peer.ts';
import { cwd, serve, start, worker } from './start.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Starts a master, and the program; waits until they have met. */
async function meet(...args: string[]) {
  const sessions: PeerSession[] = [];
  const master = await serve((session) => {
    session.call.sendMetadata(new Metadata());
    sessions.push(session);
  });
  const program = start(worker(master.address, ...args));
  await program.prints(/connected to the master\n/);
  return { master, program, sessions, session: sessions[0] as PeerSession };
}

test.concurrent('the program does the jobs that come, says which, and exits with 0 when it is shut down', async () => {
  const { program, session } = await meet();
  session.send(mapJob('map-1', 'one'), mapJob('map-2', 'two'), { shutdown: {} });
  expect((await session.hears(3)).shutdown_reply).toEqual({ jobs_done: '2' });
  session.end();
  expect(await program.ended).toBe(0);
  expect(program.stdout).toBe('connected to the master\ndid map-1\ndid map-2\nshut down after 2 jobs\n');
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)('%s: the worker leaves, and exits with 0', async (signal) => {
  const { program, session } = await meet('--delay', '300');
  session.send(mapJob('map-1', 'one'), mapJob('map-2', 'two'));
  await session.hears(1);
  program.signal(signal);
  expect((await session.hears(2)).job_reply).toMatchObject({ id: 'map-2', map: {} });
  await session.seesHalfClose();
  session.end();
  expect(await program.ended).toBe(0);
  expect(program.stdout).toBe('connected to the master\ndid map-1\ndid map-2\n');
});

test.concurrent('without a master the program says so and looks for one; Ctrl-C ends it with 0', async () => {
  const { port, stop } = await serve(() => {});
  stop();
  const program = start(worker(`127.0.0.1:${port}`));
  await program.prints(/^the master is away \(UNAVAILABLE: .*\); trying until it is back\n/);
  program.signal('SIGINT');
  expect(await program.ended).toBe(0);
  expect(program.stdout.split('\n').length).toBe(2);
});

test.concurrent('a master that comes later, or dies and comes back, is found', async () => {
  const { master, program, session } = await meet();
  session.send(mapJob('map-1', 'one'));
  await session.hears(1);
  master.stop();
  await program.prints(/the master is away/);
  const again: PeerSession[] = [];
  await serve((next) => again.push(next), master.port);
  await until(() => again.length === 1, 15_000);
  again[0]?.send(mapJob('map-1', 'one', 2), { shutdown: {} });
  expect((await again[0]?.hears(2))?.shutdown_reply).toEqual({ jobs_done: '1' });
  again[0]?.end();
  expect(await program.ended).toBe(0);
});

test.concurrent('a master that refuses the worker, or talks nonsense, ends it: one line, exit code 1', async () => {
  const refused = await meet();
  refused.session.fail({ code: status.INVALID_ARGUMENT, details: 'no such job' });
  expect(await refused.program.ended).toBe(1);
  expect(refused.program.stderr).toBe('Error: INVALID_ARGUMENT: no such job\n');
  const nonsense = await meet();
  nonsense.session.send({ job_reply: {} });
  expect(await nonsense.program.ended).toBe(1);
  expect(nonsense.program.stderr).toMatch(/^Error: \w+: the master sent a message .*\n$/);
});

test.concurrent.each([
  ['--delay', 'soon'],
  ['--delay', '-1'],
  ['--frobnicate', ''],
])('wrong usage is told in one line, then the usage, and the exit code is 2: %s %s', async (option, value) => {
  const { exit, stdout, stderr } = await run(worker('127.0.0.1:1', option, value), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const [line, empty, usage] = stderr.split('\n');
  expect(line).toContain(option);
  expect([empty, usage]).toEqual(['', 'Usage: job-client [options]']);
});

test.concurrent('--help shows every option and exits with 0', async () => {
  const { exit, stdout } = await run(worker('127.0.0.1:1', '--help'), { cwd });
  expect(exit).toBe(0);
  for (const option of ['--address', '--delay', '--tls-ca', '--tls-cert', '--tls-key'])
    expect(stdout).toContain(option);
});
