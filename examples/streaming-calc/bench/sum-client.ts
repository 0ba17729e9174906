// One call in a process of its own: `sum-client.ts plain|grpc-streams sum|incrementalSum ADDRESS COUNT` sends the
// values from 1 to COUNT, checks what comes back, and prints what it took as JSON.
import { once } from 'node:events';
import { credentials } from '@grpc/grpc-js';
import { StreamingCalcServiceClient } from 'calc-proto';
import { bidiCall, clientStreamingCall, STREAMING } from 'grpc-streams';
import { generated, type Int64Value, int64Value } from './generated.ts';

const [kind, method, address = '', count = ''] = process.argv.slice(2);
const values = Number(count);
const expected = (values * (values + 1)) / 2;
let rssAtHalf = 0;

/** Gives the values, and notes the memory when half of them are sent. */
function* oneTo<Message>(message: (n: number) => Message): Generator<Message> {
  for (let n = 1; n <= values; n++) {
    if (n === values / 2) rssAtHalf = process.memoryUsage.rss();
    yield message(n);
  }
}

/** grpc-js as its documentation uses it, heeding `write()` and 'drain', with its default options. */
async function plain(): Promise<number> {
  const client = new generated.StreamingCalcServiceClient(address, credentials.createInsecure());
  let settle = (_sum: number) => {};
  const last = new Promise<number>((resolve) => {
    settle = resolve;
  });
  let sum = 0;
  const call =
    method === 'sum'
      ? client.sum((error, response) => settle(error ? Number.NaN : response.getValue()))
      : client
          .incrementalSum()
          .on('data', (response: Int64Value) => {
            sum = response.getValue();
          })
          .on('end', () => settle(sum));
  for (const value of oneTo(int64Value)) {
    if (!call.write(value)) await once(call, 'drain');
  }
  call.end();
  return last;
}

async function withGrpcStreams(): Promise<number> {
  const client = new StreamingCalcServiceClient(address, credentials.createInsecure(), STREAMING);
  if (method === 'sum') {
    const call = clientStreamingCall<bigint, bigint>((callback) => client.sum(callback));
    await call.sendAll(oneTo(BigInt));
    return Number(await call.response);
  }
  const call = bidiCall(client.incrementalSum());
  const sending = call.sendAll(oneTo(BigInt));
  let sum = 0n;
  for await (sum of call.responses);
  await sending;
  return Number(sum);
}

const start = performance.now();
const sum = await (kind === 'plain' ? plain() : withGrpcStreams());
const seconds = (performance.now() - start) / 1_000;
if (sum !== expected) throw new Error(`the sum is ${sum}, not ${expected}`);
const growthMiB = (process.memoryUsage.rss() - rssAtHalf) / 2 ** 20;
console.log(JSON.stringify({ perSecond: values / seconds, peakMiB: process.resourceUsage().maxRSS / 1024, growthMiB }));
