import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { readmeBlocks, soon, stopLater } from '@grpc-by-example/testing';
import { type BidiCall, bidiCall } from 'grpc-streams';
import { JobMessage, JobReply, JobServiceClient, ShutdownReply } from 'job-proto';
import { expect, test } from 'vitest';
import { newOutput, startMaster } from './start.ts';

const diagram = readmeBlocks(join(import.meta.dirname, '../README.md')).find(({ source }) => source === 'session');
const arrows = [...(diagram?.text ?? '').matchAll(/^ {2}(\S+) --> (\S+): (.*)$/gm)].map(([arrow]) => arrow.trim());

type Call = BidiCall<JobMessage, JobMessage>;

/** Walks the picture with the events of one session, as its worker sees them. */
class Walk {
  readonly walked = new Set<string>();
  #state = '[*]';

  step(event: string): void {
    const arrow = arrows.find((each) => each.startsWith(`${this.#state} --> `) && each.endsWith(`: ${event}`));
    if (!arrow) throw new Error(`no arrow for ${event} from ${this.#state}`);
    this.walked.add(arrow);
    this.#state = arrow.match(/--> (\S+):/)?.[1] ?? '';
  }
}

/** Opens a session; the script gets the next message of the master with each call of `next`. */
async function session(
  port: string,
  walk: Walk,
  script: (call: Call, next: () => Promise<JobMessage>) => Promise<void>,
) {
  const client = new JobServiceClient(`localhost:${port}`, credentials.createInsecure());
  stopLater(() => client.close());
  const call = bidiCall(client.streamJobs(soon()));
  await call.headers;
  walk.step('headers');
  const messages = call.responses[Symbol.asyncIterator]();
  await script(call, async () => {
    const { value } = await messages.next();
    walk.step(value.hasJob() ? 'job' : 'shutdown');
    return value;
  });
  return call.status;
}

const reply = (to: JobMessage) => {
  const job = to.getJob();
  return new JobReply().setId(job?.getId() ?? '').setAttempt(job?.getAttempt() ?? 0);
};
const failure = (to: JobMessage) => new JobMessage().setJobReply(reply(to).setFailure('made up'));
const goodbye = () => new JobMessage().setShutdownReply(new ShutdownReply());

test('every arrow of the picture is walked by a real session, and no session takes another way', async () => {
  const walk = new Walk();
  const { master, port } = await startMaster('--output', newOutput(), '--job-limit', '1');

  await session(port, walk, async (call, next) => {
    await call.send(failure(await next()));
    walk.step('job_reply');
    call.halfClose();
    walk.step('half-close');
  });
  await master.prints(/worker 1 has left/);

  await session(port, walk, async (call, next) => {
    await next();
    call.grpcCall.cancel();
    walk.step('lost');
  });
  await master.prints(/worker 2 (is lost|has left)/);

  const refused = await session(port, walk, async (call, next) => {
    await next();
    await call.send(new JobMessage());
    walk.step('INVALID_ARGUMENT');
  });
  expect(refused.details).toMatch(/^a worker sends job_reply/);

  // Late with its job; then the run fails by that job, which fails for the third time.
  await session(port, walk, async (call, next) => {
    let job = await next();
    await master.prints(/worker 4 has not finished/);
    walk.step('time limit');
    for (;;) {
      await call.send(failure(job));
      walk.step('job_reply');
      job = await next();
      if (job.hasShutdown()) break;
    }
    await call.send(goodbye());
    walk.step('shutdown_reply');
  });
  expect(await master.ended).toBe(1);

  const stopped = await startMaster('--output', newOutput());
  await session(stopped.port, walk, async (call, next) => {
    await next();
    stopped.master.signal('SIGINT');
    await next();
    await call.send(goodbye());
    walk.step('shutdown_reply');
  });
  expect(await stopped.master.ended).toBe(0);
  expect([...walk.walked].sort()).toEqual([...arrows].sort());
});
