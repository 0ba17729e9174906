import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Client, credentials, type ServerDuplexStream, type ServerWritableStream } from '@grpc/grpc-js';
import { type Message, orderOf } from '../messages.ts';
import { benchService } from '../stacks/bench-service.ts';
import { listenWithGrpcJs } from '../stacks/listen.ts';
import { type Counts, endlessMessages, MESSAGE_BYTES, type MemoryStack, OWN_CONNECTION } from './memory-stack.ts';

/** grpc-js with its default options, which heeds `write` and 'drain'. */
export const grpcJsDefault: MemoryStack = {
  listen: (counts) =>
    listenWithGrpcJs({
      clientStreaming() {},
      serverStreaming(call: ServerWritableStream<Message, Message>) {
        void writeForEver(call, counts);
      },
      bidi(call: ServerDuplexStream<Message, Message>) {
        counts.open += 1;
        call.on('data', (message) => call.write(message));
        call.on('end', () => call.end());
      },
    }),

  connect(port, counts) {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), OWN_CONNECTION);
    return {
      sendToServer() {
        const { path, requestSerialize, responseDeserialize } = benchService.clientStreaming;
        void writeForEver(
          client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, () => {}),
          counts,
        );
      },
      letServerSend() {
        const { path, requestSerialize, responseDeserialize } = benchService.serverStreaming;
        client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, orderOf(1, MESSAGE_BYTES));
      },
      openIdle() {
        const { path, requestSerialize, responseDeserialize } = benchService.bidi;
        client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize).on('data', () => {});
      },
    };
  },
};

async function writeForEver(call: Writable, counts: Counts): Promise<void> {
  for (const message of endlessMessages(counts)) {
    if (!call.write(message)) await once(call, 'drain');
  }
}
