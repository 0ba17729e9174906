import { parseArgs } from 'node:util';
import { isRoundTrip, type Job, KINDS, type Kind } from './job.ts';
import { SMALLEST } from './messages.ts';
import { OTHER_LANGUAGES, STACKS, type StackName } from './stack.ts';

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

/** Ours, and what it is built on: compared everywhere. */
const MAIN_STACKS: readonly StackName[] = ['grpc-streams', 'grpc-js-tuned'];
/** The same without what our strings by Buffer save, which counts where messages are large. */
const SAME_STRINGS = 'grpc-js-tuned+strings';
const SMALL = 20;
const LARGE = 1_024;
const SIZES = [SMALL, LARGE, 16_384, 65_536, 1_048_576];
const STREAMS = [1, 10, 100, 1_000, 10_000];
const QUICK_SIZES = [SMALL, LARGE, 65_536];

export const HELP = `pnpm --filter peers bench [options], each a list with commas
  --kinds     ${KINDS.join(',')}
  --sizes     bytes per message, at least ${SMALLEST} (${SIZES.join(',')}; of round trips ${SMALL})
  --streams   streams at once on one connection, for the first size; the others have the first of these numbers
              (${STREAMS.join(',')}; of round trips 1)
  --stacks    ${STACKS.join(',')}
  --rounds    how often every stack has its turn (3; with --quick 2)
  --messages  per run (a number that fits the job); more where a language is fast
  --quick     what a change costs, in two minutes: grpc-streams beside grpc-js with the same strings, one stream
  --limit     seconds for a run; a stack that takes longer has failed (120)
  --profile   a folder: writes a .cpuprofile of every client and server by Node there, and prints where their time went`;

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
  const givenSizes = numbersOf('sizes', values.sizes, SMALLEST);
  const givenStreams = numbersOf('streams', values.streams);
  const givenStacks = namesOf('stacks', values.stacks, STACKS);
  const messages = numbersOf('messages', values.messages)?.[0];

  const jobs = kinds.flatMap((kind): Job[] => {
    const sizes = givenSizes ?? (isRoundTrip(kind) ? [SMALL] : values.quick ? QUICK_SIZES : SIZES);
    const streams = givenStreams ?? (isRoundTrip(kind) || values.quick ? [1] : STREAMS);
    const [first = SMALL, ...others] = sizes;
    const shapes = [...streams.map((count) => [first, count]), ...others.map((size) => [size, streams[0]])];
    return shapes.map(([size = SMALL, count = 1]) => ({
      kind,
      size,
      streams: count,
      messages: messages ?? messagesOf(kind, size, count),
    }));
  });
  return {
    comparisons: jobs.map((job) => ({
      job,
      stacks: givenStacks ?? (values.quick ? quickStacksFor(job) : stacksFor(job)),
    })),
    rounds: numbersOf('rounds', values.rounds)?.[0] ?? (values.quick ? 2 : 3),
    limitSeconds: numbersOf('limit', values.limit)?.[0] ?? 120,
    profileFolder: values.profile,
  };
}

function stacksFor({ size, streams }: Job): readonly StackName[] {
  if (streams > 1) return MAIN_STACKS;
  if (size < LARGE) return STACKS.filter((stack) => stack !== SAME_STRINGS);
  return [...MAIN_STACKS, SAME_STRINGS, ...OTHER_LANGUAGES];
}

function quickStacksFor({ size }: Job): readonly StackName[] {
  return size < LARGE ? MAIN_STACKS : ['grpc-streams', SAME_STRINGS];
}

/**
 * So many that a run takes a few seconds at most, that on up to 1,000 streams it is not their opening that counts, and on
 * one not what V8 takes to compile: of 20,000 messages, a third to a half of the time.
 */
function messagesOf(kind: Kind, size: number, streams: number): number {
  if (isRoundTrip(kind)) return kind === 'ping-pong' ? 40_000 : 15_000;
  const most = Math.min(Math.max(100_000, 500 * streams), 200_000);
  return Math.round(Math.min(most, Math.max(100e6, 5e6 * Math.min(streams, 100)) / size));
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
