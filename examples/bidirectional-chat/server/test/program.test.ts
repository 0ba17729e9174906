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

/** A caller who sends and does not read, until the server waits for it: then the messages of it make no way. */
async function startStalled(port: string): Promise<Conversation<Said, Response>> {
  const stalled = connect(port).chat();
  stalled.call.pause();
  let sent = 0;
  const send = () =>
    stalled.call.write({ name: 'Slow', message: 'x'.repeat(64 * 1024) }, () => ++sent < 1_000 && send());
  send();
  const neighbour = connect(port);
  for (let last = -1; last !== sent || sent === 0; ) {
    last = sent;
    for (let n = 0; n < 20; n++) await neighbour.say({ name: 'Ann', message: 'Hi' });
  }
  return stalled;
}

test.concurrent('one Ctrl-C that arrives twice, as under pnpm, is one: open streams still get their status', async () => {
  const { server, port } = await program.startOnFreePort('--log-level', 'warn');
  // It keeps the server there for the second signal.
  const stalled = await startStalled(port);
  const conversation = await startTalking(port);

  server.signal('SIGINT');
  await server.prints(/chat-server is shutting down\n/);
  server.signal('SIGINT');
  stalled.call.resume();
  const told = { code: status.UNAVAILABLE, details: 'server is shutting down' };
  expect(await conversation.status).toMatchObject(told);
  expect(await stalled.status).toMatchObject(told);
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
