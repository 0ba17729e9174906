import { Metadata, status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { testClientProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import { mapJob, type PeerSession } from './job-peer.ts';
import { program, serve } from './start.ts';

testClientProgram(program, {
  looksForServer: true,
  options: ['--delay', '--tls-cert', '--tls-key'],
  wrong: [[['--delay', '-1'], "option '--delay <ms>'"]],
  async countCalls() {
    let calls = 0;
    const { address } = await serve((session) => {
      calls++;
      session.end();
    });
    return { address, calls: () => calls };
  },
});

/** Starts a master, and the program; waits until they have met. */
async function meet(...args: string[]) {
  const sessions: PeerSession[] = [];
  const master = await serve((session) => {
    session.call.sendMetadata(new Metadata());
    sessions.push(session);
  });
  const worker = program.start(master.address, ...args);
  await worker.prints(/connected to the master\n/);
  return { master, worker, session: sessions[0] as PeerSession };
}

test.concurrent('the program does the jobs that come, says which, and exits with 0 when it is shut down', async () => {
  const { worker, session } = await meet();
  session.send(mapJob('map-1', 'one'), mapJob('map-2', 'two'), { shutdown: {} });
  expect((await session.hears(3)).shutdown_reply).toEqual({ jobs_done: '2' });
  session.end();
  expect(await worker.ended).toBe(0);
  expect(worker.stdout).toBe('connected to the master\ndid map-1\ndid map-2\nshut down after 2 jobs\n');
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)('%s: the worker leaves, and exits with 0', async (signal) => {
  const { worker, session } = await meet('--delay', '300');
  session.send(mapJob('map-1', 'one'), mapJob('map-2', 'two'));
  await session.hears(1);
  worker.signal(signal);
  expect((await session.hears(2)).job_reply).toMatchObject({ id: 'map-2', map: {} });
  await session.seesHalfClose();
  session.end();
  expect(await worker.ended).toBe(0);
  expect(worker.stdout).toBe('connected to the master\ndid map-1\ndid map-2\n');
});

test.concurrent('without a master the program says so and looks for one; Ctrl-C ends it with 0', async () => {
  const worker = program.start('127.0.0.1:1');
  await worker.prints(
    /^the master is away \(UNAVAILABLE: no server at 127\.0\.0\.1:1; start one: pnpm --filter job-server start --port 1\); retrying until it is back\n/,
  );
  worker.signal('SIGINT');
  expect(await worker.ended).toBe(0);
  expect(worker.stdout.split('\n').length).toBe(2);
});

test.concurrent('a master that comes later, or dies and comes back, is found', async () => {
  const { master, worker, session } = await meet();
  session.send(mapJob('map-1', 'one'));
  await session.hears(1);
  master.stop();
  await worker.prints(/the master is away/);
  const again: PeerSession[] = [];
  await serve((next) => again.push(next), master.port);
  await until(() => again.length === 1);
  again[0]?.send(mapJob('map-1', 'one', 2), { shutdown: {} });
  expect((await again[0]?.hears(2))?.shutdown_reply).toEqual({ jobs_done: '1' });
  again[0]?.end();
  expect(await worker.ended).toBe(0);
});

test.concurrent('a master that refuses the worker, or talks nonsense, ends it: one line, exit code 1', async () => {
  const refused = await meet();
  refused.session.fail({ code: status.INVALID_ARGUMENT, details: 'no such job' });
  expect(await refused.worker.ended).toBe(1);
  expect(refused.worker.stderr).toBe('Error: INVALID_ARGUMENT: no such job\n');
  const nonsense = await meet();
  nonsense.session.send({ job_reply: {} });
  expect(await nonsense.worker.ended).toBe(1);
  expect(nonsense.worker.stderr).toMatch(/^Error: \w+: the master sent a message .*\n$/);
});
