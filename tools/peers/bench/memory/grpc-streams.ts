import { Client, credentials } from '@grpc/grpc-js';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  STREAMING,
  serverStreaming,
  serverStreamingCall,
} from 'grpc-streams';
import { type Message, orderOf } from '../messages.ts';
import { benchService } from '../stacks/bench-service.ts';
import { listenWithGrpcJs } from '../stacks/listen.ts';
import { endlessMessages, MESSAGE_BYTES, type MemoryStack, OWN_CONNECTION } from './memory-stack.ts';

/** This package. */
export const grpcStreams: MemoryStack = {
  listen: (counts) =>
    listenWithGrpcJs({
      clientStreaming: clientStreaming<Message, Message>(() => new Promise(() => {})),
      serverStreaming: serverStreaming<Message, Message>(async function* () {
        yield* endlessMessages(counts);
      }),
      bidi: bidiStreaming<Message, Message>(async function* (messages) {
        counts.open += 1;
        for await (const message of messages) yield message;
      }),
    }),

  connect(port, counts) {
    const address = `127.0.0.1:${port}`;
    const client = new Client(address, credentials.createInsecure(), { ...STREAMING, ...OWN_CONNECTION });
    return {
      sendToServer() {
        const { path, requestSerialize, responseDeserialize } = benchService.clientStreaming;
        const call = clientStreamingCall<Message, Message>((callback) =>
          client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, callback),
        );
        void call.sendAll(endlessMessages(counts));
      },
      letServerSend() {
        const { path, requestSerialize, responseDeserialize } = benchService.serverStreaming;
        serverStreamingCall(
          client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, orderOf(1, MESSAGE_BYTES)),
        );
      },
      openIdle() {
        const { path, requestSerialize, responseDeserialize } = benchService.bidi;
        bidiCall(client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize));
      },
    };
  },
};
