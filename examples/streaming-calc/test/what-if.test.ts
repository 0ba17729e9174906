import { createRequire } from 'node:module';
import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { type IStreamingCalcServiceServer, StreamingCalcServiceClient, StreamingCalcServiceService } from 'calc-proto';
import { startServer } from 'grpc-program/server';
import { clientStreaming, clientStreamingCall } from 'grpc-streams';
import { Program, readmeBlocks, soon, until } from 'testing';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');
const block = (name: string) =>
  readmeBlocks(join(folder, 'README.md')).find(({ source }) => source === name)?.text ?? '';

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
  expect(block('rounded')).toBe(`${print.join('\n')}\n`);
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

test('a client that is killed has not finished', { timeout: 30_000 }, async () => {
  const { server, finished, lost } = await startBookkeeper();
  const command = ['node', '--import', 'tsx', 'src/main.ts', '--address', `localhost:${server.port}`, 'sum', '-'];
  await using client = new Program(command, { cwd: join(folder, 'client') });
  client.type('1\n2\n3\n');
  await until(() => server.openCalls.size === 1, 20_000);
  client.signal('SIGKILL');
  expect(await client.ended).toBe('SIGKILL');
  await until(() => lost.length === 1);
  await server.stop();
  expect(lost).toMatchObject([{ code: status.CANCELLED }]);
  expect(finished).toEqual([]);
});

test('a client that cancels gets no sum, whatever the handler took it for', async () => {
  const { server, finished, lost } = await startBookkeeper();
  const client = new StreamingCalcServiceClient(`localhost:${server.port}`, credentials.createInsecure());
  const call = clientStreamingCall<bigint, bigint>((callback) => client.sum(soon(), callback));
  await call.send(1n);
  await until(() => server.openCalls.size === 1);
  call.call.cancel();
  await expect(call.reply).rejects.toMatchObject({ code: status.CANCELLED });
  await until(() => server.openCalls.size === 0);
  expect(finished.length + lost.length).toBeGreaterThan(0);
  client.close();
  await server.stop();
});
