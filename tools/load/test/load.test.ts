import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { programCommand, run, stopLater } from '@grpc-by-example/testing';
import { startServer } from 'grpc-program/server';
import { bidiStreaming, statusError } from 'grpc-streams';
import { expect, test } from 'vitest';
import { echo } from '../src/echo-handler.ts';
import { definition, EchoClient, type Words } from '../src/echo-service.ts';
import { faultsOf, type Result } from '../src/report.ts';
import { Stream } from '../src/stream.ts';
import { newTally, type ServerState, sumOf } from '../src/tally.ts';

/** A server with this handler in this process, and a stream on it that counts itself. */
async function streams(talk: ReturnType<typeof echo>) {
  const server = await startServer([[definition, { talk }]]);
  const client = new EchoClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
  stopLater(() => {
    client.close();
    server.forceStop();
  });
  const tally = newTally();
  return { tally, open: (options = {}) => new Stream(client, tally, options) };
}

const IN_ORDER = { refused: 0, lost: 0, errors: {} };

test.concurrent('streams that end in every way are counted, and none is lost', async () => {
  let gaps = 0;
  const { tally, open } = await streams(echo(() => gaps++));
  const [whole, cancelled] = [open(), open()];
  await Promise.all([whole.answered, cancelled.answered]);
  for (let n = 0; n < 10; n++) whole.send();
  whole.halfClose();
  cancelled.cancel();
  const late = open({ deadline: Date.now() + 100 });
  await Promise.all([whole.ended, cancelled.ended, late.ended]);
  expect(tally).toMatchObject({
    ...IN_ORDER,
    opened: 3,
    sent: 13,
    ended: { OK: 1, CANCELLED: 1, DEADLINE_EXCEEDED: 1 },
  });
  expect(gaps).toBe(0);
});

test.concurrent('a word that does not come back, or comes twice, is one that was lost', async () => {
  const { tally, open } = await streams(
    bidiStreaming<Words, Words>(async function* (words) {
      for await (const { text } of words) {
        if (text === '2') continue;
        yield { text };
        if (text === '4') yield { text };
      }
    }),
  );
  const stream = open();
  for (let n = 2; n <= 4; n++) stream.send();
  stream.halfClose();
  await stream.ended;
  // 2 is not there, and 4 is there twice.
  expect(tally).toMatchObject({ sent: 4, lost: 2, ended: { OK: 1 } });
});

test.concurrent('a stream that ends otherwise than it should is an error, and refused when nothing was answered', async () => {
  const { tally, open } = await streams(
    bidiStreaming<Words, Words>(async function* (words) {
      for await (const { text } of words) {
        if (text === '1') throw statusError(status.ABORTED, 'not today');
        yield { text };
      }
    }),
  );
  await open().ended;
  expect(tally).toMatchObject({ opened: 1, accepted: 0, refused: 1, errors: { ABORTED: 1 } });
});

test('the tally of all is the sum', () => {
  const one = { ...newTally(), opened: 2, ended: { OK: 2 } };
  const other = { ...newTally(), opened: 3, ended: { OK: 1, CANCELLED: 2 } };
  expect(sumOf([one, other])).toMatchObject({ opened: 5, ended: { OK: 3, CANCELLED: 2 } });
});

const MIB = 2 ** 20;
const state: ServerState = { port: 1, openCalls: 0, sockets: 0, heap: 10 * MIB, rss: 50 * MIB, gaps: 0 };
const good: Result = {
  streams: 4,
  processes: 4,
  connections: 4,
  seconds: 1,
  openingSeconds: 1,
  tally: newTally(),
  killed: 1,
  before: state,
  idle: { ...state, openCalls: 4 },
  after: state,
  serverExit: 0,
};

test.each<[string, Partial<Result>, string[]]>([
  ['all in order', {}, []],
  ['too few open', { idle: { ...state, openCalls: 3 } }, ['not every stream was accepted']],
  ['refused', { tally: { ...newTally(), refused: 1 } }, ['streams were refused']],
  ['errors', { tally: { ...newTally(), errors: { UNKNOWN: 1 } } }, ['streams ended in error']],
  ['lost', { tally: { ...newTally(), lost: 1 } }, ['messages were lost']],
  ['a gap at the server', { after: { ...state, gaps: 1 } }, ['messages were lost']],
  ['calls', { after: { ...state, openCalls: 1 } }, ['calls were left open']],
  ['sockets', { after: { ...state, sockets: 1 } }, ['sockets were left open']],
  ['memory', { after: { ...state, heap: 27 * MIB } }, ['memory was kept']],
  ['exit', { serverExit: 'SIGKILL' }, ['the server did not exit in order']],
])('the verdict: %s', (_, part, faults) => {
  expect(faultsOf({ ...good, ...part })).toEqual(faults);
});

test.concurrent('too few connections are told in one line', async () => {
  const main = join(import.meta.dirname, '../src/main.ts');
  const stderr = 'Error: 10000 streams need --connections 12 or more: a server takes 1,000 on one\n';
  const command = programCommand(main, '--streams', '10000', '--connections', '4');
  expect(await run(command)).toEqual({ exit: 1, stdout: '', stderr });
});
