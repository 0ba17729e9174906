import { missingBinaries } from './generate.ts';

/** Whether code can be generated; if not, says in a line what to do, and sets the exit code. */
export function isReady(): boolean {
  if (missingBinaries().length === 0) return true;
  console.error('Error: nothing generated: grpc-tools has no protoc and grpc_node_plugin yet; run: pnpm protoc');
  process.exitCode = 1;
  return false;
}
