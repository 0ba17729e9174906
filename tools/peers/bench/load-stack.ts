import protobuf from 'google-protobuf';
import type { NodeStackName, Stack } from './stack.ts';

const { BinaryReader, BinaryWriter } = protobuf;

const load: Record<NodeStackName, () => Promise<Stack>> = {
  'grpc-streams': async () => (await import('./stacks/grpc-streams.ts')).grpcStreams,
  'grpc-js-tuned': async () => (await import('./stacks/grpc-js.ts')).grpcJsTuned,
  'grpc-js-tuned+strings': () => load['grpc-js-tuned'](),
  'grpc-js-default': async () => (await import('./stacks/grpc-js.ts')).grpcJsDefault,
  'nice-grpc-tuned': async () => (await import('./stacks/nice-grpc.ts')).niceGrpcTuned,
  'nice-grpc-default': async () => (await import('./stacks/nice-grpc.ts')).niceGrpcDefault,
  'connect-node': async () => (await import('./stacks/connect-node.ts')).connectNode,
  'node-http2': async () => (await import('./stacks/node-http2.ts')).nodeHttp2,
};

/**
 * Loads one stack alone, so that a process holds nothing of the others. The chat example's proto package brings our
 * strings; the other stacks, unless their name says so, read and write them as google-protobuf does by itself.
 */
export async function loadStack(name: NodeStackName): Promise<Stack> {
  const { readString } = BinaryReader.prototype;
  const { writeString, writeRepeatedString } = BinaryWriter.prototype;
  const stack = await load[name]();
  if (name === 'grpc-streams' || name.endsWith('+strings')) return stack;
  Object.assign(BinaryReader.prototype, { readString });
  Object.assign(BinaryWriter.prototype, { writeString, writeRepeatedString });
  return stack;
}
