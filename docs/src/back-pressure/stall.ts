import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type ChannelOptions, Metadata, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { bidiStreaming } from 'grpc-streams';
import { CourseService, connectCourse } from '../course.ts';
import { standstill } from '../standstill.ts';
import { watchSockets } from './sockets.ts';

export interface Setup {
  readonly from: 'client' | 'server';
  /** Of the client. */
  readonly options?: ChannelOptions;
  /** Who takes one message and no more: a listener of 'data' that pauses, a loop in a handler of grpc-streams; or nobody, from the start. */
  readonly reader?: 'listener' | 'loop' | 'nobody';
}

/** Where the messages are when nothing moves any more. */
export interface Stalled {
  /** How many messages the sender wrote before `write` said to wait, and no 'drain' came. */
  readonly written: number;
  /** In the sender's process. */
  readonly inSender: number;
  /** In the receiver's process, but not yet messages: bytes within the window of HTTP/2. */
  readonly inWindow: number;
  /** In the receiver's grpc-js: messages that wait for the reader, and the one that it has in hand. */
  readonly atReader: number;
  /** Bytes that one socket has sent and the other has not received. */
  readonly inKernel: number;
}

/** gRPC puts five bytes before each message, HTTP/2 nine before each frame. */
const MESSAGE_HEADER = 5;
const FRAME_HEADER = 9;
const LARGEST_FRAME = 16_384;
/** Enough to see that nothing stops the sender. */
const ENDLESS_BYTES = 16 * 2 ** 20;

/** Lets one side write messages of a size for as long as it may, while the other stops reading. */
export async function stall({ from, options = {}, reader = 'listener' }: Setup, size: number): Promise<Stalled> {
  using sockets = watchSockets();
  let serverCall: ServerDuplexStream<string, string> | undefined;
  const server = new Server();
  server.addService(CourseService, {
    bidiStreaming(call: ServerDuplexStream<string, string>) {
      serverCall = call;
      call.on('error', () => {});
      if (reader === 'loop') loopOnce(call);
      call.sendMetadata(new Metadata());
    },
  });
  const bind = promisify(server.bindAsync.bind(server));
  const client = connectCourse(await bind('127.0.0.1:0', ServerCredentials.createInsecure()), options);
  const call = client.bidiStreaming({}).on('error', () => {});
  await once(call, 'metadata');
  if (!serverCall) throw new Error('the handler did not start');
  const [sender, receiver]: [Writable, Readable] = from === 'client' ? [call, serverCall] : [serverCall, call];
  const [senderSocket, receiverSocket] =
    from === 'client' ? [sockets.client, sockets.server] : [sockets.server, sockets.client];

  let taken = 0;
  if (reader === 'listener') receiver.on('data', () => receiver.pause());
  if (reader !== 'nobody') receiver.on('data', () => taken++);
  // Past the frames with which a connection begins.
  await standstill(() => senderSocket().bytesWritten + receiverSocket().bytesRead);
  const before = senderSocket().bytesWritten;
  const beforeAtReceiver = receiverSocket().bytesRead;
  let written = 0;
  void (async () => {
    const message = 'x'.repeat(size);
    while (written * size < ENDLESS_BYTES) {
      written++;
      if (!sender.write(message)) await once(sender, 'drain').catch(() => {});
      else if (written % 16 === 0) await turn();
    }
  })();
  await standstill(() => written + receiverSocket().bytesRead);
  const sent = senderSocket().bytesWritten - before;
  const arrived = receiverSocket().bytesRead - beforeAtReceiver;
  const frames = Math.ceil((size + MESSAGE_HEADER) / LARGEST_FRAME);
  const onItsWay = arrived / (size + MESSAGE_HEADER + frames * FRAME_HEADER);
  const atReader = taken + receiver.readableLength;
  client.close();
  server.forceShutdown();
  return {
    written,
    atReader,
    inWindow: Math.round(onItsWay - atReader),
    inSender: written - Math.floor(onItsWay),
    inKernel: sent - arrived,
  };
}

const loopOnce = bidiStreaming<string, string>(async function* (requests) {
  for await (const _ of requests) await new Promise(() => {});
});
