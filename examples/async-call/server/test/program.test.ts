import { once } from 'node:events';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { stopLater } from '@grpc-by-example/testing';
import { ServerProgram, testServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import { PhonePeer, told } from './phone-peer.ts';

const program = new ServerProgram('call-server', join(import.meta.dirname, '..'));

const MEDIA = 'https://link.to.audio.resources';

function connect(port: string): PhonePeer {
  const peer = new PhonePeer(port);
  stopLater(() => peer.close());
  return peer;
}

testServerProgram(program, {
  port: 8981,
  client: 'call-client',
  options: ['--unanswered'],
  wrong: [
    ['--unanswered', 'abc'],
    ['--unanswered', ''],
  ],
  async call(port) {
    const call = connect(port).dial('123');
    await call.received(1);
    expect(told(call)).toEqual(['NEW']);
  },
  async open(port) {
    // Without its request it stays open: one that has it is over after three seconds.
    const call = connect(port).call([]);
    await once(call.call, 'metadata');
    return call;
  },
});

test.concurrent('no state is told before the time of the document, the log has its lines, and a stop cleans', async () => {
  const { server, port } = await program.startOnFreePort();
  const peer = connect(port);
  const start = performance.now();
  const call = peer.dial('94771234567');
  const at: number[] = [];
  for (let count = 1; count <= 4; count++) {
    await call.received(count);
    at.push(performance.now() - start);
  }
  expect(await call.status).toMatchObject({ code: status.OK });
  expect(told(call)).toEqual(['NEW', `0: ${MEDIA}`, 'ACTIVE', 'ENDED']);
  // Each of the timers before it may be 1 ms early.
  for (const [n, due] of [1_000, 2_000, 2_000, 3_000].entries()) expect(at[n]).toBeGreaterThan(due - 5);

  await server.prints(/Call session cleaned/);
  const other = peer.dial('123');
  await other.received(3);
  server.signal('SIGTERM');
  // On a busy machine the call is over before the signal comes.
  expect([status.UNAVAILABLE, status.OK]).toContain((await other.status).code);
  expect(await server.ended).toBe(0);
  const [, ...lines] = server.stdout.trimEnd().split('\n');
  const stopping = 'call-server is shutting down';
  expect(lines).toContain(stopping);
  expect(lines.filter((line) => line !== stopping)).toEqual([
    'Received a phone call request for number [94771234567]',
    `Created a call session [0] media [${MEDIA}]`,
    'Call finished [94771234567]',
    'Call session cleaned [0]',
    'Received a phone call request for number [123]',
    `Created a call session [1] media [${MEDIA}]`,
    'Call finished [123]',
    'Call session cleaned [1]',
  ]);
});

test.concurrent('--unanswered names the numbers that do not answer, one or several', async () => {
  const options = ['--unanswered', '123', '+94771234567', '--unanswered', '456'];
  const { port } = await program.startOnFreePort(...options);
  const peer = connect(port);
  const calls = ['123', '+94771234567', '456', '94771234567'].map((number) => peer.dial(number));
  for (const call of calls) expect(await call.status).toMatchObject({ code: status.OK });
  expect(calls.map(told)).toEqual([...Array(3).fill(['NEW', 'ENDED']), ['NEW', `0: ${MEDIA}`, 'ACTIVE', 'ENDED']]);
});
