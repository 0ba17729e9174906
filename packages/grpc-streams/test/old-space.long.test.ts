import { join } from 'node:path';
import { programCommand, skip } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, onTestFinished, test } from 'vitest';
import { bidiCall, unaryCall } from '../src/index.ts';
import { type Answer, ask, connect, soon, type TestClient } from './test-service.ts';
import { all } from './wait.ts';

const kinds: [string, (client: TestClient, n: number) => Promise<Answer | undefined>][] = [
  ['unary', (client, n) => unaryCall<Answer>((done) => client.say(ask(n), soon(), done))],
  [
    'bidi-streaming',
    async (client, n) => {
      const call = bidiCall(client.talk(soon()));
      await call.sendAll([ask(n)]);
      const [answer] = await all(call.responses);
      return answer;
    },
  ],
];

const CALLS = 2_000;
/** Of each call, which allocates 25 and more. Of one of plain grpc-js, 0.5 stay until the next full collection. */
const KILOBYTES_KEPT = 1.5;

test.for(kinds)(
  'a server keeps no %s call that is over, without which it takes half as much memory again',
  async ([, call], context) => {
    const [major = 0] = process.versions.node.split('.').map(Number);
    if (major >= 24) skip(context, 'V8 of Node 24 and later moves the calls of plain grpc-js too');
    const program = startProgram(programCommand(join(import.meta.dirname, 'fixtures/old-space.ts')));
    const [address] = await program.prints(/127\.0\.0\.1:\d+/);
    const client = connect(address);
    onTestFinished(() => client.close());
    const callOften = async (times: number) => {
      for (let n = 1; n <= times; n++) await call(client, n);
    };
    const kilobytes = async () => (await call(client, 0))?.n ?? Number.NaN;
    await callOften(100);
    const before = await kilobytes();
    await callOften(CALLS);
    expect(((await kilobytes()) - before) / CALLS).toBeLessThan(KILOBYTES_KEPT);
  },
);
