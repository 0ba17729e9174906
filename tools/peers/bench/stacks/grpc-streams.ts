import { Client, credentials } from '@grpc/grpc-js';
import {
  bidiCall,
  bidiStreaming,
  boundCalls,
  clientStreaming,
  clientStreamingCall,
  STREAMING,
  serverStreaming,
  serverStreamingCall,
  unary,
  unaryCall,
} from 'grpc-streams';
import { type Message, ordered, Tally } from '../messages.ts';
import type { Stack } from '../stack.ts';
import { benchService } from './bench-service.ts';
import { listenWithGrpcJs } from './listen.ts';

/** This package: handlers are async generators, clients iterate. */
export const grpcStreams: Stack = {
  listen: () =>
    listenWithGrpcJs(
      {
        bidi: bidiStreaming<Message, Message>(async function* (messages) {
          for await (const message of messages) yield message;
        }),
        serverStreaming: serverStreaming<Message, Message>(async function* (order) {
          for (const message of ordered(order)) yield message;
        }),
        clientStreaming: clientStreaming<Message, Message>(async (messages) => {
          const tally = new Tally();
          for await (const message of messages) tally.add(message);
          return tally.toMessage();
        }),
        unary: unary<Message, Message>((message) => message),
      },
      [boundCalls()],
    ),

  connect(port) {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), STREAMING);
    const startBidi = () => {
      const { path, requestSerialize, responseDeserialize } = benchService.bidi;
      return bidiCall(client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize));
    };
    return {
      async bidi(messages, responses) {
        const call = startBidi();
        const sending = call.sendAll(messages);
        for await (const response of call.responses) responses.add(response);
        await sending;
      },
      async serverStreaming(order, responses) {
        const { path, requestSerialize, responseDeserialize } = benchService.serverStreaming;
        const call = serverStreamingCall(
          client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, order),
        );
        for await (const response of call.responses) responses.add(response);
      },
      async clientStreaming(messages) {
        const { path, requestSerialize, responseDeserialize } = benchService.clientStreaming;
        const call = clientStreamingCall<Message, Message>((callback) =>
          client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, callback),
        );
        await call.sendAll(messages);
        return call.response;
      },
      unary(message) {
        const { path, requestSerialize, responseDeserialize } = benchService.unary;
        return unaryCall<Message>((callback) =>
          client.makeUnaryRequest(path, requestSerialize, responseDeserialize, message, callback),
        );
      },
      async pingPong(exchange) {
        const call = startBidi();
        const serve = async () => {
          const message = exchange.serve();
          if (message) await call.send(message);
          else call.halfClose();
        };
        await serve();
        for await (const response of call.responses) {
          exchange.return(response);
          await serve();
        }
      },
    };
  },
};
