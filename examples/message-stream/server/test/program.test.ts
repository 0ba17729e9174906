import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { stopLater } from '@grpc-by-example/testing';
import { ServerProgram, testServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import { MessagePeer, texts } from './message-peer.ts';

const program = new ServerProgram('message-server', join(import.meta.dirname, '..'));

/** A call that has got its first message. */
async function startStreaming(port: string) {
  const peer = new MessagePeer(port);
  stopLater(() => peer.close());
  const conversation = peer.streamMessages();
  await conversation.received(1);
  return conversation;
}

testServerProgram(program, {
  port: 50051,
  client: 'message-client',
  call: async (port) => expect(texts(await startStreaming(port))).toEqual(['Hello, world!']),
  open: startStreaming,
});

test.concurrent('it sends at once and after a second, and logs every request on stdout', async () => {
  const { server, port } = await program.startOnFreePort();
  const conversation = await startStreaming(port);
  conversation.send({ name: 'Hello, world!' }, { name: 'שלום' }, {});
  await conversation.received(2);
  conversation.call.end();
  expect(await conversation.status).toMatchObject({ code: status.OK });
  expect(new Set(texts(conversation))).toEqual(new Set(['Hello, world!']));
  await server.prints(/Received request: \n/);
  expect(server.stdout.split('\n').slice(1)).toEqual([
    'Received request: Hello, world!',
    'Received request: שלום',
    'Received request: ',
    '',
  ]);
});
