import { spawnSync } from 'node:child_process';
import { missingBinaries } from './generate.ts';

/** Whether code can be generated; if not, says in a line what to do, and sets the exit code. */
export function isReady(): boolean {
  const { PROTOC } = process.env;
  const why = PROTOC ? whyUnfit(PROTOC) : whyMissing();
  if (why === undefined) return true;
  console.error(`Error: nothing generated: ${why}`);
  process.exitCode = 1;
  return false;
}

function whyMissing(): string | undefined {
  if (missingBinaries().length === 0) return undefined;
  return 'grpc-tools has no protoc and grpc_node_plugin yet; run: pnpm protoc';
}

function whyUnfit(protoc: string): string | undefined {
  const { error, stdout } = spawnSync(protoc, ['--version'], { encoding: 'utf8' });
  if (error) return `cannot run PROTOC, ${protoc} (${(error as NodeJS.ErrnoException).code})`;
  const version = stdout.trim();
  if (/^libprotoc 3\.(\d|1\d|20)\b/.test(version)) return undefined;
  return `PROTOC is ${version}; up to 3.20, protoc has the generator of JavaScript in it`;
}
