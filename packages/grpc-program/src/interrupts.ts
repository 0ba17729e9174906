/** One Ctrl-C can arrive twice: the terminal signals the program, and so does the script runner above it. */
const SAME_INTERRUPT_MS = 300;

/** Calls `first` at the first SIGINT, SIGTERM or SIGHUP (the terminal was closed), `again` at a later one. */
export function onInterrupt(first: () => void, again: () => void): void {
  let isInterrupted = false;
  let isOver = false;
  const listener = () => {
    if (!isInterrupted) {
      isInterrupted = true;
      // Keeps the process: a copy of the signal that met it on its way out, its listeners gone, would kill it. And hears
      // first what came while this process stood still, for however long.
      setTimeout(() => {
        setImmediate(() => {
          isOver = true;
        });
      }, SAME_INTERRUPT_MS);
      first();
    } else if (isOver) again();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, listener);
}
