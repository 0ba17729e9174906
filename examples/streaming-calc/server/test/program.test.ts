import { join } from 'node:path';
import { stopLater } from '@grpc-by-example/testing';
import { ServerProgram, testServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect } from 'vitest';
import { CalcPeer } from './calc-peer.ts';

function connect(port: string): CalcPeer {
  const peer = new CalcPeer(port);
  stopLater(() => peer.close());
  return peer;
}

testServerProgram(new ServerProgram('calc-server', join(import.meta.dirname, '..')), {
  port: 9091,
  client: 'calc-client',
  call: async (port) => expect(await connect(port).sum(['1', '2'])).toBe('3'),
  open: async (port) => {
    const peer = connect(port);
    const conversation = peer.incrementalSum();
    conversation.send({ value: '1' });
    await conversation.received(1);
    const { sum, status } = peer.startSum(['1', '2']);
    await peer.sum([]); // the one above has begun by now
    return { status: sameEnd(conversation.status, status, sum) };
  },
});

/** How two calls ended, which is the same, and without a response. */
async function sameEnd<Status extends { code: number; details: string }>(
  one: Promise<Status>,
  other: Promise<Status>,
  response: Promise<unknown>,
): Promise<Status> {
  const { code, details } = await one;
  expect(await other).toMatchObject({ code, details });
  expect(await response).toBeUndefined();
  return one;
}
