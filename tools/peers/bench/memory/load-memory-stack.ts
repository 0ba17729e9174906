import type { MemoryStack, MemoryStackName } from './memory-stack.ts';

export async function loadMemoryStack(name: MemoryStackName): Promise<MemoryStack> {
  return name === 'grpc-streams'
    ? (await import('./grpc-streams.ts')).grpcStreams
    : (await import('./grpc-js.ts')).grpcJsDefault;
}
