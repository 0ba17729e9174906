import type { Stack } from './stack.ts';

const load = {
  'grpc-streams': async () => (await import('./stacks/grpc-streams.ts')).grpcStreams,
  'grpc-js, for await': async () => (await import('./stacks/for-await.ts')).forAwait,
  'grpc-js, pipeline': async () => (await import('./stacks/pipeline.ts')).pipelines,
  'grpc-js, events': async () => (await import('./stacks/events.ts')).events,
  'nice-grpc': async () => (await import('./stacks/nice-grpc.ts')).niceGrpc,
} satisfies Record<string, () => Promise<Stack>>;

export type StackName = keyof typeof load;

/** The first is what the others are compared with. */
export const STACKS = Object.keys(load) as StackName[];

/** Loads one stack alone, so that a process holds nothing of the others. */
export function loadStack(name: StackName): Promise<Stack> {
  return load[name]();
}
