// Measures how many messages are on their way when the reader has stopped, and where they wait: `main.ts
// stalled|windows|unread`.
import { STREAMING } from 'grpc-streams';
import { type Setup, stall } from './stall.ts';

const SIZES = [20, 1_024, 65_536];
const TABLES: Record<string, Record<string, Setup & { sizes?: readonly number[] }>> = {
  stalled: {
    'client to server, grpc-js as it is': { from: 'client' },
    'client to server, STREAMING': { from: 'client', options: STREAMING },
    'client to server, STREAMING, a handler of grpc-streams': { from: 'client', options: STREAMING, reader: 'loop' },
    'server to client': { from: 'server' },
  },
  windows: Object.fromEntries(
    [65_535, 2 ** 18, 2 ** 20, 2 ** 22].map((bytes) => [
      `server to client, grpc-node.flow_control_window ${bytes.toLocaleString('en')}`,
      { from: 'server', options: { 'grpc-node.flow_control_window': bytes }, sizes: [65_536] },
    ]),
  ),
  unread: { 'server to client, nobody reads': { from: 'server', reader: 'nobody', sizes: [65_536] } },
};

const columns = ['size', 'written', 'bytes', 'sender', 'window', 'reader', 'kernel KiB'];
const widths = [6, 8, 11, 8, 8, 8, 11];
const row = (cells: readonly (string | number)[]) =>
  cells.map((cell, at) => cell.toLocaleString('en').padStart(widths[at] ?? 0)).join('');

for (const [title, setup] of Object.entries(TABLES[process.argv[2] ?? 'stalled'] ?? {})) {
  console.log(title);
  console.log(row(columns));
  for (const size of setup.sizes ?? SIZES) {
    const { written, inSender, inWindow, atReader, inKernel } = await stall(setup, size);
    console.log(row([size, written, written * size, inSender, inWindow, atReader, Math.round(inKernel / 1_024)]));
  }
}
process.exit();
