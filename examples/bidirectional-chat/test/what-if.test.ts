import { EventEmitter, once } from 'node:events';
import { credentials, status } from '@grpc/grpc-js';
import { ChatClient, ChatMessage, ChatService, type IChatServer, StringValue } from 'chat-proto';
import { startServer } from 'grpc-program/server';
import { bidiCall, bidiStreaming, STREAMING } from 'grpc-streams';
import { expect, test } from 'vitest';

const hello = new ChatMessage().setName('Ann').setMessage('Hello');

test('leaving the loop over the responses cancels the call, and the handler is told', async () => {
  const told = new EventEmitter();
  const reason = once(told, 'reason');
  const talkative: IChatServer = {
    chat: bidiStreaming(async function* (messages, { signal }) {
      signal.addEventListener('abort', () => told.emit('reason', signal.reason));
      for await (const message of messages) {
        while (true) yield new StringValue().setValue(message.getName());
      }
    }),
  };
  const server = await startServer([[ChatService, talkative]]);
  const client = new ChatClient(`localhost:${server.port}`, credentials.createInsecure(), STREAMING);

  // #region cancel
  const call = bidiCall(client.chat());
  await call.send(hello);
  for await (const response of call.responses) {
    if (response.getValue() !== '') break;
  }
  // #endregion

  expect(await call.status).toMatchObject({ code: status.CANCELLED });
  expect(await reason).toMatchObject([{ code: status.CANCELLED }]);
  await server.stop();
  expect(server.openCalls.size).toBe(0);
});
