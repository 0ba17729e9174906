// A plain Node ES module that has only what `pnpm pack` ships, with code that protoc generated.
import { promisify } from 'node:util';
import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { ChatClient, ChatMessage, ChatService, StringValue } from 'chat-proto';
import { bidiCall, bidiStreaming, STREAMING } from 'grpc-streams';

const server = new Server();
server.addService(ChatService, {
  chat: bidiStreaming(async function* (messages) {
    for await (const message of messages) yield new StringValue().setValue(`${message.getName()} said something`);
  }),
});
const bind = promisify(server.bindAsync.bind(server));
const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
const call = bidiCall(new ChatClient(`127.0.0.1:${port}`, credentials.createInsecure(), STREAMING).chat());
const sent = call.sendAll([new ChatMessage().setName('Ann'), new ChatMessage().setName('Bob')]);
for await (const response of call.responses) console.log(response.getValue());
await sent;
server.forceShutdown();
