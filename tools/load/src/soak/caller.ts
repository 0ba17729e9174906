// Calls one system until it is killed, as a child process of main.ts: calls of every kind, that end in every way.
import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { type Method, systems } from './systems.ts';

/** What a call of any kind may have. */
interface Call extends NodeJS.EventEmitter {
  resume?(): unknown;
  write?(message: unknown): unknown;
  end?(): unknown;
  cancel(): void;
}

const CALLERS = 20;
/** Between two calls of a caller. */
const PAUSE_MS = 100;
/** Longer than a phone call, which ends by itself after three seconds. */
const WHOLE_MS = 4_000;
/** As long as a stream stays open whose caller says no more. */
const OPEN_MS = 500;
/** As short as an answer takes, so that it comes before in some calls, and after in others. */
const SHORT_MS = 30;

/** How a call ends: by itself, by its deadline in the middle, by a cancel, or by its deadline while it stands open. */
const ENDS = [
  { deadlineMs: WHOLE_MS, halfCloses: true },
  { deadlineMs: SHORT_MS, halfCloses: true },
  { deadlineMs: WHOLE_MS, halfCloses: false, cancelMs: SHORT_MS },
  { deadlineMs: OPEN_MS, halfCloses: false },
];

const [name = '', address = ''] = process.argv.slice(2);
const { methods } = systems[name] as (typeof systems)[string];
const client = new Client(address, credentials.createInsecure());
/** Those that ended as they should. */
let calls = 0;

// The parent is gone, whatever ended it.
process.on('disconnect', () => process.exit());
setInterval(() => process.send?.({ calls }, undefined, undefined, () => {}), 250);
for (let i = 0; i < CALLERS; i++) void keepCalling(i);

async function keepCalling(first: number): Promise<void> {
  for (let n = first; ; n++) {
    // Not by the same number: each method ends in each way.
    const end = ENDS[Math.floor(n / methods.length) % ENDS.length] as (typeof ENDS)[number];
    if (await makeCall(methods[n % methods.length] as Method, end)) calls += 1;
    await delay(PAUSE_MS * Math.random());
  }
}

/** Gives whether the call ended in one of these ways, rather than by an error of the server. */
async function makeCall({ definition, requests }: Method, end: (typeof ENDS)[number]): Promise<boolean> {
  const { path, requestStream, responseStream, requestSerialize, responseDeserialize } = definition;
  const codec = [path, requestSerialize, responseDeserialize] as const;
  const options = [new Metadata(), { deadline: Date.now() + end.deadlineMs }] as const;
  const [request] = requests;
  const code = await new Promise<status>((resolve) => {
    const ignore = () => {}; // the status tells
    let call: Call;
    if (requestStream && responseStream) call = client.makeBidiStreamRequest(...codec, ...options);
    else if (requestStream) call = client.makeClientStreamRequest(...codec, ...options, ignore);
    else if (responseStream) call = client.makeServerStreamRequest(...codec, request, ...options);
    else call = client.makeUnaryRequest(...codec, request, ...options, ignore);
    call.on('error', ignore).on('status', ({ code }) => resolve(code));
    call.resume?.();
    for (const message of requests) call.write?.(message);
    if (end.halfCloses) call.end?.();
    if (end.cancelMs) setTimeout(() => call.cancel(), end.cancelMs);
  });
  return code === status.OK || (end !== ENDS[0] && [status.CANCELLED, status.DEADLINE_EXCEEDED].includes(code));
}
