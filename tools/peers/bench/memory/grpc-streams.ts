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
import { benchService } from '../stacks/bench-service.ts';
import { listenWithGrpcJs } from '../stacks/listen.ts';
import { endlessMessages, type MemoryStack, OWN_CONNECTION } from './memory-stack.ts';

/** This package. */
export const grpcStreams: MemoryStack = {
  listen: (counts) =>
    listenWithGrpcJs({
      clientStreaming: clientStreaming<Buffer, Buffer>(() => new Promise(() => {})),
      serverStreaming: serverStreaming<Buffer, Buffer>(async function* () {
        yield* endlessMessages(counts);
      }),
      bidi: bidiStreaming<Buffer, Buffer>(async function* (messages) {
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
        const call = clientStreamingCall<Buffer, Buffer>((callback) =>
          client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, callback),
        );
        void call.sendAll(endlessMessages(counts));
      },
      letServerSend() {
        const { path, requestSerialize, responseDeserialize } = benchService.serverStreaming;
        serverStreamingCall(
          client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, Buffer.alloc(0)),
        );
      },
      openIdle() {
        const { path, requestSerialize, responseDeserialize } = benchService.bidi;
        bidiCall(client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize));
      },
    };
  },
};
