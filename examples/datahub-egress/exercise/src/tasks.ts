/** A task of the exercise: what is missing in `start`, between `#region TODO n` and `#endregion`. */
export interface Task {
  readonly number: number;
  readonly title: string;
  readonly file: string;
  /** What is there in the beginning. */
  readonly stub: string;
  readonly hints: readonly [string, ...string[]];
}

export const tasks: readonly Task[] = [
  {
    number: 1,
    title: 'the server sends a package at once, and then one every interval',
    file: 'server/egress.ts',
    stub: `// TODO 1: Only one package goes out, and it lacks IsSuccess and the tracking GUID of the request. Send a whole
// package, pause, and so on without an end.
yield new ResponseGetDataPackageStream().setTagname(request.getTagname()).setTagvalue(dotNetTicks());
await pause(intervalMs, signal);`,
    hints: [
      'The generator runs for as long as the call is open; what it yields is sent. It takes a loop around both lines.',
      'The loop needs no condition: when the caller is gone, the generator is ended at its next yield. (Task 2 ends its pause.)',
      'A package is a success with .setIssuccess(true), and goes back with .setTrackingguid(request.getTrackingguid()).',
    ],
  },
  {
    number: 2,
    title: 'a cancel ends the pause of the server at once',
    file: 'server/egress.ts',
    stub: `// TODO 2: This pause notices a cancel only when it is over. Let the signal end it.
await delay(milliseconds);
signal.throwIfAborted();`,
    hints: [
      'The signal fires when the caller cancels, its deadline passes or the server stops. What in this function can heed it?',
      "Node's timers/promises takes a signal: setTimeout(milliseconds, value, options).",
      'The options are { signal }. The pause then throws, which is how the generator ends; nobody needs to catch that.',
    ],
  },
  {
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
];
