/** Skips the running test; the runner prints why. */
export function skip(context: { skip(note?: string): never }, reason: string): never {
  return context.skip(reason);
}
