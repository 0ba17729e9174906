// What a chat room can do: two clients paste a file each, and many callers hear it; then the same with a quarter of them
// that stop reading.
import { type Outcome, pasteIntoRoom } from '../test/paste-into-room.ts';

const CALLERS = 200;
const LINES = 50_000;

const command = (source: string, ...args: string[]) => ['node', '--import', 'tsx', source, ...args];
const rounded = (value: number) => Math.round(value).toLocaleString('en');

function report(who: string, readers: number, { seconds, orders, memory, stalledEnds }: Outcome): void {
  const { before, peaks, after } = memory;
  console.log(
    `  ${who}: ${rounded(LINES / seconds)} lines/s in, ${rounded((LINES * readers) / seconds)} messages/s out, ` +
      `${rounded(seconds)} s`,
  );
  console.log(`    those who read have all of them in ${orders === 1 ? 'the same order' : `${orders} orders`}`);
  console.log(
    `    the server's memory: ${rounded(before)} MiB before, at most ${peaks.map(rounded).join(' and ')} MiB in each half ` +
      `of the time, ${rounded(after)} MiB afterwards`,
  );
  if (stalledEnds.length > 0)
    console.log(`    the calls of those who do not have ended with ${stalledEnds.join(', ')}`);
}

console.log(`A chat room, ${rounded(LINES)} lines, Node ${process.version}`);
report(`${CALLERS} callers`, CALLERS, await pasteIntoRoom(command, { callers: CALLERS, lines: LINES, stalls: false }));
report(
  `${CALLERS} callers, of whom a quarter stops reading`,
  (CALLERS * 3) / 4,
  await pasteIntoRoom(command, { callers: CALLERS, lines: LINES, stalls: true }),
);
