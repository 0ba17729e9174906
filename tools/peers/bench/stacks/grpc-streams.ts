import { Client, credentials } from '@grpc/grpc-js';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  pipelineResponses,
  STREAMING,
  serverStreaming,
  serverStreamingCall,
} from 'grpc-streams';
import { ordered, Tally } from '../messages.ts';
import type { Stack } from '../stack.ts';
import { benchService } from './bench-service.ts';
import { listenWithGrpcJs } from './listen.ts';

/** This package: handlers are async generators, clients iterate. */
export const grpcStreams: Stack = {
  listen: () =>
    listenWithGrpcJs(
      {
        bidi: bidiStreaming<Buffer, Buffer>(async function* (messages) {
          for await (const message of messages) yield message;
        }),
        serverStreaming: serverStreaming<Buffer, Buffer>(async function* (order) {
          for (const message of ordered(order)) yield message;
        }),
        clientStreaming: clientStreaming<Buffer, Buffer>(async (messages) => {
          const tally = new Tally();
          for await (const message of messages) tally.add(message);
          return tally.toBytes();
        }),
      },
      [pipelineResponses],
    ),

  connect(port) {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), STREAMING);
    const startBidi = () => {
      const { path, requestSerialize, responseDeserialize } = benchService.bidi;
      return bidiCall(client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize));
    };
    return {
      async bidi(messages, replies) {
        const call = startBidi();
        const sending = call.sendAll(messages);
        for await (const reply of call.replies) replies.add(reply);
        await sending;
      },
      async serverStreaming(order, replies) {
        const { path, requestSerialize, responseDeserialize } = benchService.serverStreaming;
        const call = serverStreamingCall(
          client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, order),
        );
        for await (const reply of call.replies) replies.add(reply);
      },
      async clientStreaming(messages) {
        const { path, requestSerialize, responseDeserialize } = benchService.clientStreaming;
        const call = clientStreamingCall<Buffer, Buffer>((callback) =>
          client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, callback),
        );
        await call.sendAll(messages);
        return call.reply;
      },
      async pingPong(exchange) {
        const call = startBidi();
        const serve = async () => {
          const message = exchange.serve();
          if (message) await call.send(message);
          else call.halfClose();
        };
        await serve();
        for await (const reply of call.replies) {
          exchange.return(reply);
          await serve();
        }
      },
    };
  },
};
