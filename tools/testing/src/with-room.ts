import { inBash } from './in-bash.ts';

/** The same command in a shell where no file can be longer than so many KiB: to its programs, a disk that is full. */
export function withRoom(kib: number, command: readonly string[]): string[] {
  // Without the trap the first write too many would end the program.
  return inBash(`trap '' XFSZ; ulimit -f ${kib}; exec "$@"`, ...command);
}
