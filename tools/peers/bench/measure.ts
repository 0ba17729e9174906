import { Child, nodeCommand } from './child.ts';
import type { Command, Finish, Job, Report } from './job.ts';
import { isOtherLanguage, type Sides, sidesOf } from './other-languages.ts';
import type { StackName } from './stack.ts';
import type { Usage } from './usage.ts';

/** The share of the messages that goes first and is not counted: the compiler has to see the code run. */
const WARM_UP = 0.2;
const LEAST_WARM_UP = 2_000;

/**
 * A heap as that of a program with something around its calls. In the few megabytes of a bare one, V8 collects all of
 * it for the buffers outside of it, ten times as often for a stack that loads another module as for one that does not.
 */
const HEAP = '--initial-heap-size=128';

type Side = Child<Command>;

/** One run of a job by a stack. */
export interface Measurement extends Report {
  readonly perSecond: number;
  /** In one direction. */
  readonly megabytesPerSecond: number;
  readonly client: Usage;
  readonly server: Usage;
  /** The .cpuprofile of each side, if asked for and made by Node. */
  readonly profiles: { readonly client: string | undefined; readonly server: string | undefined };
}

export interface RunOptions {
  readonly limitSeconds: number;
  readonly profile: boolean;
}

/** Runs a job once, with a new server and a new client; throws when it fails or takes longer than its time. */
export async function measure(stack: StackName, job: Job, options: RunOptions): Promise<Measurement> {
  const sides: Sides = isOtherLanguage(stack)
    ? sidesOf(stack)
    : { run: nodeCommand([HEAP], options.profile ? [stack, 'profile'] : [stack]) };
  const { run, cwd, pace = 1, warmUp = WARM_UP } = sides;
  const { limitSeconds } = options;
  // The client first: when time is up, it is the one that says what it was doing.
  using client: Side = new Child('client', run, { limitSeconds, cwd });
  using server: Side = new Child('server', run, { limitSeconds, cwd });
  const paced = { ...job, messages: job.messages * pace };
  // Not without await: the processes end when this function returns.
  return await Promise.race([measureSides(server, client, paced, warmUp), server.ended]);
}

async function measureSides(server: Side, client: Side, job: Job, warmUp: number): Promise<Measurement> {
  await client.ask({ name: 'connect', port: await server.ask<number>({ name: 'listen' }) });
  const messages = Math.ceil(Math.max(job.messages * warmUp, Math.min(LEAST_WARM_UP, job.messages)));
  await client.ask({ name: 'work', job: { ...job, messages } });
  await Promise.all([client, server].map((side) => side.ask({ name: 'begin' })));
  const report = await client.ask<Report>({ name: 'work', job });
  const [ofClient, ofServer] = await Promise.all([
    client.ask<Finish>({ name: 'finish' }),
    server.ask<Finish>({ name: 'finish' }),
  ]);
  return {
    ...report,
    perSecond: report.messages / report.seconds,
    megabytesPerSecond: (report.messages * job.size) / report.seconds / 1e6,
    client: ofClient.usage,
    server: ofServer.usage,
    profiles: { client: ofClient.profile, server: ofServer.profile },
  };
}
