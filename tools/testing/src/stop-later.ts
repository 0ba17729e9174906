/** What to stop when the tests of the running file are over; tests that run side by side cannot each have theirs. */
const stops: (() => unknown)[] = [];

/** Stops a server, a client or a program when all tests of the file are over. */
export function stopLater(stop: () => unknown): void {
  stops.push(stop);
}

/** For the set-up of the test runner, and for a tool that runs programs outside of it. */
export async function stopAll(): Promise<void> {
  await Promise.all(stops.splice(0).map((stop) => stop()));
}
