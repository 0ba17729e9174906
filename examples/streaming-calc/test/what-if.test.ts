import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { credentials, status } from '@grpc/grpc-js';
import { programCommand, soon, stopLater, until, Walkthrough } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { type IStreamingCalcServiceServer, StreamingCalcServiceClient, StreamingCalcServiceService } from 'calc-proto';
import { startServer } from 'grpc-program/server';
import { clientStreaming, clientStreamingCall } from 'grpc-streams';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');
const page = new Walkthrough(join(folder, 'README.md'), join(folder, '../..'));

test('the generated class rounds what the service of the package does not', () => {
  const require = createRequire(createRequire(import.meta.url).resolve('calc-proto/package.json'));
  const generated = require('./gen/streaming_calc_grpc_pb.js').StreamingCalcServiceService;
  const exact = StreamingCalcServiceService;
  const print: string[] = [];

  // #region rounded
  const bytes = exact.sum.requestSerialize(9007199254740993n);
  print.push(`generated: ${generated.sum.requestDeserialize(bytes).getValue()}`);
  print.push(`calc-proto: ${exact.sum.requestDeserialize(bytes)}`);
  // #endregion

  expect(print).toEqual(['generated: 9007199254740992', 'calc-proto: 9007199254740993']);
  expect(page.block('rounded')).toBe(`${print.join('\n')}\n`);
});

/** A calculator that keeps a list of the sums it has finished, and of what ended the others. */
async function startBookkeeper() {
  const finished: bigint[] = [];
  const lost: unknown[] = [];
  // #region finished
  const bookkeeper: Pick<IStreamingCalcServiceServer, 'sum'> = {
    sum: clientStreaming(async (values, { signal }) => {
      signal.addEventListener('abort', () => lost.push(signal.reason));
      let sum = 0n;
      for await (const value of values) sum += value; // throws when the client is killed
      finished.push(sum);
      return sum;
    }),
  };
  // #endregion
  const server = await startServer([[StreamingCalcServiceService, bookkeeper]]);
  return { server, finished, lost };
}

test('a client that is killed has not finished', async () => {
  const { server, finished, lost } = await startBookkeeper();
  const main = join(folder, 'client/src/main.ts');
  const client = startProgram(programCommand(main, '--address', `localhost:${server.port}`, 'sum', '-'));
  client.type('1\n2\n3\n');
  await until(() => server.openCalls.size === 1);
  client.signal('SIGKILL');
  expect(await client.ended).toBe('SIGKILL');
  await until(() => lost.length === 1);
  await server.stop();
  expect(lost).toMatchObject([{ code: status.CANCELLED }]);
  expect(finished).toEqual([]);
});

/**
 * A way to the server on which the half-close of a client that cancels arrives before its reset, or with it. Before is
 * what the network does as a rule; then the reset waits until `passReset` is called.
 */
async function startRelay(port: number, arrives: 'before' | 'with') {
  const [DATA, RST_STREAM, END_STREAM] = [0, 3, 1];
  const toServer = connect(port, '127.0.0.1');
  const held: Buffer[] = [];
  let isHeld = false;
  let preface = 24;
  let unread = Buffer.alloc(0);
  const passReset = () => toServer.write(Buffer.concat(held.splice(0)));
  const relay = createServer((client) => {
    client.pipe(
      new Writable({
        write(chunk: Buffer, _, done) {
          unread = Buffer.concat([unread, chunk]);
          for (;;) {
            const size = preface || 9 + (unread.length < 9 ? 0 : unread.readUIntBE(0, 3));
            if (unread.length < size) return done();
            const frame = unread.subarray(0, size);
            unread = unread.subarray(size);
            const isReset = preface === 0 && frame[3] === RST_STREAM;
            const isHalfClose = preface === 0 && frame[3] === DATA && Number(frame[4]) & END_STREAM;
            preface = 0;
            isHeld ||= arrives === 'before' ? isReset : Boolean(isHalfClose);
            if (isHeld) held.push(frame);
            else toServer.write(frame);
            if (isReset && arrives === 'with') passReset();
          }
        },
      }),
    );
    toServer.pipe(client);
    for (const socket of [toServer, client]) socket.on('error', () => {}).on('close', () => client.destroy());
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  stopLater(() => {
    toServer.destroy();
    relay.close();
  });
  return { port: (relay.address() as AddressInfo).port, passReset };
}

test.each([
  ['before', { finished: [1n], lost: [] }],
  ['with', { finished: [], lost: [expect.objectContaining({ code: status.CANCELLED })] }],
] as const)('a client that cancels gets no sum; its half-close arrives %s the reset', async (arrives, told) => {
  const { server, finished, lost } = await startBookkeeper();
  const relay = await startRelay(server.port, arrives);
  const client = new StreamingCalcServiceClient(`127.0.0.1:${relay.port}`, credentials.createInsecure());
  stopLater(() => client.close());
  const call = clientStreamingCall<bigint, bigint>((callback) => client.sum(soon(), callback));
  await call.send(1n);
  await until(() => server.openCalls.size === 1);
  call.grpcCall.cancel();
  await expect(call.response).rejects.toMatchObject({ code: status.CANCELLED });
  await until(() => finished.length + lost.length > 0);
  relay.passReset();
  await until(() => server.openCalls.size === 0);
  await server.stop();
  expect({ finished, lost }).toEqual(told);
});
