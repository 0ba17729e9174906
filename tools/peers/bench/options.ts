import { parseArgs } from 'node:util';
import { type Job, KINDS, type Kind } from './job.ts';
import { SMALLEST } from './messages.ts';
import { STACKS, type StackName } from './stack.ts';

/** One job, and the stacks to compare in it. The first is what the others are compared with. */
export interface Comparison {
  readonly job: Job;
  readonly stacks: readonly StackName[];
}

export interface Options {
  readonly comparisons: readonly Comparison[];
  readonly rounds: number;
  /** For each run. */
  readonly limitSeconds: number;
  readonly profileFolder: string | undefined;
}

/** The two that are compared everywhere by default; the others only on one stream of small messages. */
const MAIN_STACKS: readonly StackName[] = ['grpc-streams', 'grpc-js-tuned'];
const SMALL = 20;

export const HELP = `pnpm --filter peers bench [options], each a list with commas
  --kinds     ${KINDS.join(',')}
  --sizes     bytes per message, at least ${SMALLEST} (20,1024,65536)
  --streams   streams at once on one connection (1,10,100)
  --stacks    ${STACKS.join(',')}
  --rounds    how often every stack has its turn (3)
  --messages  per run (a number that fits the size)
  --quick     what a change costs, in two minutes: the main two stacks, one stream
  --limit     seconds for a run; a stack that takes longer has failed (30)
  --profile   a folder: writes a .cpuprofile of every client and server there, and prints where their time went`;

/** Reads the command line; undefined for --help. Throws on what it does not know. */
export function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    // pnpm hands on the `--` of `pnpm bench -- --rounds 1`.
    args: args.filter((arg) => arg !== '--'),
    options: {
      help: { type: 'boolean' },
      quick: { type: 'boolean' },
      ...{
        kinds: text,
        sizes: text,
        streams: text,
        stacks: text,
        rounds: text,
        messages: text,
        limit: text,
        profile: text,
      },
    },
  });
  if (values.help) return undefined;
  const kinds = namesOf('kinds', values.kinds, KINDS) ?? KINDS;
  const sizes = numbersOf('sizes', values.sizes, SMALLEST) ?? [SMALL, 1_024, 65_536];
  const streams = numbersOf('streams', values.streams) ?? (values.quick ? [1] : [1, 10, 100]);
  const stacks = namesOf('stacks', values.stacks, STACKS);
  const messages = numbersOf('messages', values.messages)?.[0];

  const jobs = kinds.flatMap((kind): Job[] =>
    kind === 'ping-pong'
      ? [{ kind, size: sizes[0] ?? SMALL, streams: 1, messages: messages ?? 10_000 }]
      : sizes.flatMap((size) =>
          streams.map((count) => ({ kind, size, streams: count, messages: messages ?? messagesOf(size, count) })),
        ),
  );
  return {
    comparisons: jobs.map((job) => ({ job, stacks: stacks ?? (isSmall(job) && !values.quick ? STACKS : MAIN_STACKS) })),
    rounds: numbersOf('rounds', values.rounds)?.[0] ?? 3,
    limitSeconds: numbersOf('limit', values.limit)?.[0] ?? 30,
    profileFolder: values.profile,
  };
}

const isSmall = ({ size, streams }: Job) => size === SMALL && streams === 1;

/** So many that a run takes about a second at most, and that on many streams it is not their opening that counts. */
function messagesOf(size: number, streams: number): number {
  return Math.round(Math.min(Math.max(20_000, 500 * streams), Math.max(100e6, 5e6 * streams) / size));
}

function namesOf<Name extends Kind | StackName>(
  option: string,
  value: string | undefined,
  known: readonly Name[],
): Name[] | undefined {
  return value?.split(',').map((item) => {
    const name = known.find((candidate) => candidate === item);
    if (!name) throw new Error(`--${option}: "${item}" is none of ${known.join(', ')}`);
    return name;
  });
}

function numbersOf(option: string, value: string | undefined, least = 1): number[] | undefined {
  return value?.split(',').map((item) => {
    const number = Number(item);
    if (!Number.isInteger(number) || number < least)
      throw new Error(`--${option}: "${item}" is no integer >= ${least}`);
    return number;
  });
}
