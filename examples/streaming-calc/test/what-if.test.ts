import { createRequire } from 'node:module';
import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { type IStreamingCalcServiceServer, StreamingCalcServiceClient, StreamingCalcServiceService } from 'calc-proto';
import { startServer } from 'grpc-program/server';
import { clientStreaming, clientStreamingCall } from 'grpc-streams';
import { programCommand, soon, stopLater, until, Walkthrough } from 'testing';
import { startProgram } from 'testing/program-tests';
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

test('a client that cancels gets no sum, and passes for finished or for lost: one of the two', async () => {
  const { server, finished, lost } = await startBookkeeper();
  const client = new StreamingCalcServiceClient(`localhost:${server.port}`, credentials.createInsecure());
  stopLater(() => client.close());
  const call = clientStreamingCall<bigint, bigint>((callback) => client.sum(soon(), callback));
  await call.send(1n);
  await until(() => server.openCalls.size === 1);
  call.grpcCall.cancel();
  await expect(call.response).rejects.toMatchObject({ code: status.CANCELLED });
  await until(() => finished.length + lost.length > 0);
  await server.stop();
  // Which one depends on whether the half-close and the reset arrive together.
  if (finished.length > 0) expect({ finished, lost }).toEqual({ finished: [1n], lost: [] });
  else
    expect({ finished, lost }).toEqual({ finished: [], lost: [expect.objectContaining({ code: status.CANCELLED })] });
});
