// What a sender's memory does when its peer stops reading, and what an idle stream costs a server.
import { parseArgs } from 'node:util';
import { Progress } from '../progress.ts';
import { number, table } from '../table.ts';
import { measureIdle } from './idle.ts';
import { MESSAGE_BYTES, type MemoryStackName } from './memory-stack.ts';
import { measureStalled } from './stalled.ts';

const { values } = parseArgs({
  // pnpm hands on the `--` of `pnpm bench:memory -- --seconds 1`.
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { seconds: { type: 'string', default: '5' }, calls: { type: 'string', default: '10000' } },
});
const [seconds, calls] = [Number(values.seconds), Number(values.calls)];
const stacks: readonly MemoryStackName[] = ['grpc-streams', 'grpc-js-default'];
const progress = new Progress(3 * stacks.length);
const failed = (error: unknown) => [error instanceof Error ? error.message : String(error)];

const stalled: string[][] = [];
for (const direction of ['client to server', 'server to client'] as const) {
  for (const stack of stacks) {
    progress.next(`${direction}, nobody reads: ${stack}`);
    const cells = await measureStalled(stack, direction, seconds).then(
      ({ sent, sender, receiver }) => [number(sent), number(sender, 1), number(receiver, 1)],
      failed,
    );
    stalled.push([direction, stack, ...cells]);
  }
}

const idle: string[][] = [];
for (const stack of stacks) {
  progress.next(`${calls} idle streams: ${stack}`);
  idle.push([stack, ...(await measureIdle(stack, calls).then(({ rss, heap }) => [number(rss), number(heap)], failed))]);
}
progress.clear();

console.log(`Node ${process.version}

### A peer that does not read: ${seconds} s, messages of ${MESSAGE_BYTES} bytes, growth of RSS

${table(['direction', 'stack', 'messages sent', 'sender MiB', 'receiver MiB'], stalled, { textColumns: 2 })}

### ${number(calls)} idle bidirectional streams: bytes on the server for each

${table(['stack', 'RSS', 'heap and buffers'], idle)}`);
