import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fetchFailure } from '@grpc-by-example/testing';
import { NotHere } from './row.ts';

/** Where each peer is written. */
export const PEERS = join(import.meta.dirname, '../peers');

/** Longer than any build takes on a busy machine. */
const HANGS_MS = 20 * 60 * 1_000;

/** Where everything is built and installed; not committed. */
export const buildFolder = (name: string) => join(import.meta.dirname, '../.build', name);

/**
 * Runs a step of a build.
 *
 * @returns what it printed on stdout
 * @throws NotHere when it cannot fetch what it needs; Error with what it printed, when it fails otherwise, or hangs
 */
export function build(
  [file = '', ...args]: readonly string[],
  { cwd, env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, timeout: HANGS_MS });
    let stdout = '';
    let printed = '';
    child.stdin.end();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      printed += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else {
        const closed = fetchFailure(printed);
        if (closed) reject(new NotHere(`what it needs cannot be fetched: ${closed}`));
        else reject(new Error(`${[file, ...args].join(' ')} failed (${code ?? signal}):\n${printed.slice(-4_000)}`));
      }
    });
  });
}
