import { type ServiceError, status } from '@grpc/grpc-js';
import { asText } from '../as-text.ts';
import { exitCodeOf } from '../command-line.ts';
import { onInterrupt } from '../interrupts.ts';
import { endWatches } from './balance.ts';

/** How long an interrupted client waits for somebody to read what it has printed. */
const LAST_WORDS_MS = 500;

/**
 * Runs a client as a program. Sets the exit code: 0 for success, 1 for a call that failed, which is printed as one line
 * on stderr, 2 for wrong usage.
 *
 * @param build returns the command with its action; its signal fires on Ctrl-C, SIGTERM or SIGHUP, and the action then
 *   ends its call in order
 * @param orderlyEndMs how long an interrupted client waits for the server to end its calls
 */
export async function runClient(
  build: (interrupted: AbortSignal) => { parseAsync(): Promise<unknown> },
  { orderlyEndMs = 5_000 } = {},
): Promise<void> {
  const interruption = new AbortController();
  let impatience: NodeJS.Timeout | undefined;
  onInterrupt(
    () => {
      interruption.abort();
      impatience = setTimeout(() => {
        console.error(`Error: the server did not end the call within ${orderlyEndMs / 1_000} s`);
        process.exit(1);
      }, orderlyEndMs).unref();
    },
    () => process.exit(130),
  );
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The terminal that was closed is the one that it printed on.
    if (interruption.signal.aborted) return;
    // Whoever reads the output may leave before its end, as `head` does.
    if (error.code === 'EPIPE') process.exit(0);
    console.error(`Error: cannot write to stdout: ${error.message}`);
    process.exit(1);
  });
  try {
    await build(interruption.signal).parseAsync();
  } catch (error) {
    process.exitCode = isServiceError(error) ? reportStatus(error) : exitCodeOf(error);
  } finally {
    clearTimeout(impatience);
    endWatches();
    if (interruption.signal.aborted) setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.code === 'number';
}

function reportStatus({ code, details }: ServiceError): number {
  const inOneLine = details.replaceAll(/\s+/g, ' ').trim();
  console.error(`Error: ${status[code]}: ${asText(inOneLine)}`);
  return 1;
}
