export interface Example {
  readonly name: string;
  readonly folder: string;
  /** What the reader sees. */
  readonly shows: string;
  /** The arguments of each client that runs, one after the other. */
  readonly clients: readonly (readonly string[])[];
}

/** What can go wrong in a chat, which `what-if.ts` plays. No other example has what-ifs. */
export const MISHAPS = {
  cancel: 'The client has heard enough, and cancels.',
  deadline: 'The client gives the call 300 ms. The server waits for more messages; then both sides end by themselves.',
  'slow-reader':
    'The handler writes large messages, and the client does not read: the handler has to wait until it does.',
  'server-stop': 'The server stops while the call is open.',
  error: 'The handler fails before the client has read anything. It still reads all that was sent, then the status.',
};

/** In the order in which to learn them. */
export const EXAMPLES: readonly Example[] = [
  {
    name: 'chat',
    folder: 'examples/bidirectional-chat',
    shows: 'bidirectional streaming: each message is answered as soon as it arrives',
    clients: [[]],
  },
  {
    name: 'calc',
    folder: 'examples/streaming-calc',
    shows: 'client streaming: ten values, one sum; then bidirectional: a sum after each value',
    clients: [[], ['incremental', '1', '2', '3']],
  },
  {
    name: 'call',
    folder: 'examples/async-call',
    shows: 'one request, then states as they come, handled by two tasks at once',
    clients: [[]],
  },
  {
    name: 'datahub',
    folder: 'examples/datahub-egress',
    shows: 'server streaming until the client cancels; then packages by client streaming',
    clients: [['--seconds', '3'], ['ingest']],
  },
  {
    name: 'message',
    folder: 'examples/message-stream',
    shows: 'both sides send at their own pace, neither answers the other',
    clients: [['--count', '3']],
  },
];

/** The one that needs more than a server and a client. */
export const JOBS = {
  name: 'jobs',
  folder: 'examples/job-stream',
  shows: 'a master and three workers count words; one worker is killed in the middle',
};
