/** The exercises, each with a file of its name in `spec`. */
export const EXERCISES = ['egress', 'alarms', 'slow-subscriber'] as const;

/** A task of an exercise: what is missing in `start`, between `#region TODO n` and `#endregion`. */
export interface Task {
  readonly exercise: (typeof EXERCISES)[number];
  readonly number: number;
  readonly title: string;
  readonly file: string;
  /** What is there in the beginning. */
  readonly stub: string;
  readonly hints: readonly [string, ...string[]];
}

export const tasks: readonly Task[] = [
  {
    exercise: 'egress',
    number: 1,
    title: 'the server sends a package at once, and then one every interval',
    file: 'server/egress.ts',
    stub: `// TODO 1: Only one package goes out, and it lacks IsSuccess and the tracking GUID of the request. Send a whole
// package, pause, and so on without an end.
yield new ResponseGetDataPackageStream().setTagname(request.getTagname()).setTagvalue(dotNetTicks());
await pause(intervalMs, signal);`,
    hints: [
      'The generator runs for as long as the call is open; what it yields is sent. It takes a loop around both lines.',
      'The loop needs no condition. When the caller is gone, the generator is left where it yields, and nowhere else: its finally has to wait until the pause is over. Task 2 is about that.',
      'A package is a success with .setIssuccess(true), and goes back with .setTrackingguid(request.getTrackingguid()).',
    ],
  },
  {
    exercise: 'egress',
    number: 2,
    title: 'a cancel ends the pause of the server at once',
    file: 'server/egress.ts',
    stub: `// TODO 2: This pause notices a cancel only when it is over. Let the signal end it.
await delay(milliseconds);
signal.throwIfAborted();`,
    hints: [
      'The signal fires when the caller cancels, its deadline passes or the server stops. While the generator waits here, nothing else can end it. What in this function can heed the signal?',
      "Node's timers/promises takes a signal: setTimeout(milliseconds, value, options).",
      'The options are { signal }. The pause then throws, and that is what ends the generator and runs its finally; nobody needs to catch it.',
    ],
  },
  {
    exercise: 'egress',
    number: 3,
    title: 'the client prints the GUID of each package that is a success',
    file: 'client/subscribe.ts',
    stub: `// TODO 3: This takes one package and drops it. Read the stream to its end, and print the tracking GUID of each
// package that is a success.
const { done } = await packages[Symbol.asyncIterator]().next();
if (!done) print('a package came');`,
    hints: [
      'A stream of messages is an async iterable: there is a loop for that.',
      'for await (const dataPackage of packages) takes each package as it comes, and ends when the server ends the call.',
      'dataPackage.getIssuccess() tells which ones to print, by print(dataPackage.getTrackingguid()).',
    ],
  },
  {
    exercise: 'egress',
    number: 4,
    title: 'the client cancels when its time is up, and tells that from a failure',
    file: 'client/subscribe.ts',
    stub: `// TODO 4: Nothing ends the call. Cancel it with \`stop\` when options.limitMs are over. A call that \`stop\` cancelled
// is not a failure: print Status(StatusCode="Cancelled", Detail="Call canceled by the client."). Let other errors
// through.
await reading;`,
    hints: [
      'A timer calls stop.abort() after options.limitMs. It must not outlive the call: clear it in a finally.',
      'A cancelled call makes the reader throw, so await reading belongs in a try. What tells a cancel from a failure?',
      'In the catch: if (!stop.signal.aborted) throw error, else options.print the line that the TODO gives.',
    ],
  },
  {
    exercise: 'alarms',
    number: 5,
    title: 'a cancel ends the server although nothing comes',
    file: 'server/alarms.ts',
    stub: `// TODO 5: This looks at the signal when an alarm comes, and not before. Let a cancel end the wait for the next alarm.
for await (const [value] of on(sensor, 'alarm')) {
  if (signal.aborted) return;
  yield new ResponseGetDataPackageStream().setIssuccess(true).setTagvalue(value);
}`,
    hints: [
      'Where does this generator spend its time, while no alarm comes? That wait has to end.',
      "Node's events.on takes a signal: on(emitter, name, options).",
      'The options are { signal }. The loop then throws when the signal fires, and on takes its listener off the sensor; the line with signal.aborted has nothing left to do.',
    ],
  },
  {
    exercise: 'alarms',
    number: 6,
    title: 'the client cancels although nothing comes',
    file: 'client/follow-alarms.ts',
    stub: `// TODO 6: This leaves its loop when an alarm comes, and not before. Let \`interrupted\` cancel the call. A call that it
// cancelled is not a failure: just return. Let other errors through.
const call = serverStreamingCall(client.getDataPackagesStream(request));
for await (const alarm of call.responses) {
  if (interrupted.aborted) break;
  print(alarm.getTagvalue());
}`,
    hints: [
      'The loop waits for the next alarm. Something else than the loop has to cancel the call.',
      'serverStreamingCall takes options: with { signal }, the call is cancelled when that signal fires.',
      'A cancelled call makes the loop throw. In a catch: if (!interrupted.aborted) throw error.',
    ],
  },
  {
    exercise: 'slow-subscriber',
    number: 7,
    title: 'a slow subscriber holds up nobody, costs little, and is told',
    file: 'server/feed.ts',
    stub: `// TODO 7: For a subscriber that does not read, packages wait here without a bound. Let MOST_WAITING of them wait. A
// subscriber for whom that is not enough is given up: end its queue, so that it gets what waits, then the reason.
subscribe(signal: AbortSignal): MessageQueue<ResponseGetDataPackageStream> {
  const packages = new MessageQueue<ResponseGetDataPackageStream>(Number.POSITIVE_INFINITY, { signal });
  this.#subscribers.add(packages);
  return packages;
}

publish(value: string): void {
  const dataPackage = new ResponseGetDataPackageStream().setIssuccess(true).setTagvalue(value);
  for (const packages of this.#subscribers) packages.offer(dataPackage);
}`,
    hints: [
      'A queue has a capacity, which is its first argument. What does offer do when the queue is full, and how does one learn of it?',
      'offer gives false when it has dropped the package. A package must not be left out silently.',
      'new MessageQueue(MOST_WAITING, …), and in publish: if (!packages.offer(dataPackage)) packages.end().',
    ],
  },
  {
    exercise: 'slow-subscriber',
    number: 8,
    title: 'the client reads no faster than it stores, and takes a last message for what it is',
    file: 'client/store-values.ts',
    stub: `// TODO 8: This reads on while a value is being stored, so nothing tells the server to wait. It stores the last message
// too, which is no success but says why the server gives up. Do not store that one, and fail with what it says.
for await (const dataPackage of call.responses) {
  void store(dataPackage.getTagvalue());
  if (dataPackage.getLasterror() !== '') throw failure('something is wrong');
}`,
    hints: [
      'The loop asks for the next message when its body is done. When is it done here?',
      'await store(…) keeps the loop, and in the end the server, waiting.',
      'dataPackage.getIssuccess() tells a package from the last message: if it is false, throw failure(dataPackage.getLasterror()).',
    ],
  },
];
