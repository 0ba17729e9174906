import { readFileSync } from 'node:fs';
import type { StackName } from './stack.ts';

/** Why a stack cannot run here, or undefined if it can. */
export function whyLeftOut(stack: StackName): string | undefined {
  if (stack !== 'connect-node') return undefined;
  // connect-node alone asks for a newer Node than this package: 2.2 for 22.
  const file = new URL('../../package.json', import.meta.resolve('@connectrpc/connect-node'));
  const { version, engines } = JSON.parse(readFileSync(file, 'utf8'));
  const major = Number(/\d+/.exec(engines.node)?.[0]);
  if (Number.parseInt(process.versions.node, 10) >= major) return undefined;
  return `connect-node ${version} needs Node ${engines.node}, this is ${process.version}`;
}
