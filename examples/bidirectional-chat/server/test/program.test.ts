import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { type Conversation, stopLater } from '@grpc-by-example/testing';
import { ServerProgram, testServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import type { Response, Said } from '../../proto/test/contract.mts';
import { ChatPeer, texts } from './chat-peer.ts';

const program = new ServerProgram('chat-server', join(import.meta.dirname, '..'));

function connect(port: string): ChatPeer {
  const peer = new ChatPeer(port);
  stopLater(() => peer.close());
  return peer;
}

/** A conversation that has begun. */
async function startTalking(port: string): Promise<Conversation<Said, Response>> {
  const conversation = connect(port).chat();
  conversation.send({ name: 'Ann', message: 'Hi' });
  await conversation.received(1);
  return conversation;
}

testServerProgram(program, {
  port: 9090,
  client: 'chat-client',
  options: ['--room', '--send-timeout-seconds'],
  wrong: [['--send-timeout-seconds', '0']],
  call: async (port) => expect(await connect(port).say({ name: 'Ann', message: 'Hi' })).toEqual(['Ann: Hi']),
  open: startTalking,
});

test.concurrent('one Ctrl-C that arrives twice, as under pnpm, is one: open streams still get their status', async () => {
  const { server, port } = await program.startOnFreePort('--log-level', 'warn');
  const conversation = await startTalking(port);
  server.signal('SIGINT', 'SIGTERM');
  expect(await conversation.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  expect(await server.ended).toBe(0);
  expect(server.stdout.match(/is shutting down/g)).toHaveLength(1);
  expect(server.stderr).toBe('');
});

test.concurrent.each([true, false])('with --room callers hear each other: %s', async (room) => {
  const { port } = await program.startOnFreePort(...(room ? ['--room'] : []));
  const [ann, sam] = [connect(port).chat(), connect(port).chat()];
  ann.send({ name: 'Ann', message: 'Hi' });
  await ann.received(1);
  sam.send({ name: 'Sam', message: 'Hey' });
  await sam.received(1);
  sam.call.end();
  await sam.status;
  if (room) await ann.received(3);
  ann.send({ name: 'Ann', message: 'Bye' });
  ann.call.end();
  await ann.status;
  const heard = room ? ['Ann: Hi', 'Sam: Hey', 'Sam left the chat', 'Ann: Bye'] : ['Ann: Hi', 'Ann: Bye'];
  expect(texts(ann)).toEqual(heard);
});

test.concurrent('--broker without --room is wrong usage, told in one line', async () => {
  expect(await program.run('--port', '0', '--broker', 'nats://127.0.0.1:1')).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'Error: --broker goes with --room: without it, callers share nothing\n',
  });
});
