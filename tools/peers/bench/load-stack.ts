import type { Stack, StackName } from './stack.ts';

const load: Record<StackName, () => Promise<Stack>> = {
  'grpc-streams': async () => (await import('./stacks/grpc-streams.ts')).grpcStreams,
  'grpc-js-tuned': async () => (await import('./stacks/grpc-js.ts')).grpcJsTuned,
  'grpc-js-default': async () => (await import('./stacks/grpc-js.ts')).grpcJsDefault,
  'nice-grpc-tuned': async () => (await import('./stacks/nice-grpc.ts')).niceGrpcTuned,
  'nice-grpc-default': async () => (await import('./stacks/nice-grpc.ts')).niceGrpcDefault,
  'connect-node': async () => (await import('./stacks/connect-node.ts')).connectNode,
  'node-http2': async () => (await import('./stacks/node-http2.ts')).nodeHttp2,
};

/** Loads one stack alone, so that a process holds nothing of the others. */
export function loadStack(name: StackName): Promise<Stack> {
  return load[name]();
}
