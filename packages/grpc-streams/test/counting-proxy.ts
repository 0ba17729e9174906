import { connect, createServer } from 'node:net';
import { stopLater } from '@grpc-by-example/testing';

const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const DATA = 0;

/** Where a proxy stands before a server, and how many DATA frames have gone through it, each way. */
export interface CountingProxy {
  readonly address: string;
  readonly frames: { up: number; down: number };
}

/** Starts a proxy before a server, which counts the DATA frames of HTTP/2. */
export async function countFrames(address: string): Promise<CountingProxy> {
  const [host, port] = address.split(':') as [string, string];
  const frames = { up: 0, down: 0 };
  const proxy = createServer((client) => {
    const server = connect(Number(port), host);
    const up = frameCounter(PREFACE_BYTES);
    const down = frameCounter(0);
    client.on('data', (bytes) => {
      frames.up += up(bytes);
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      frames.down += down(bytes);
      client.write(bytes);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  stopLater(() => proxy.close());
  return { address: `127.0.0.1:${(proxy.address() as { port: number }).port}`, frames };
}

/** Gives how many DATA frames begin in the bytes that come next. */
function frameCounter(skip: number): (bytes: Buffer) => number {
  let rest = Buffer.alloc(0);
  let left = skip;
  return (bytes) => {
    let count = 0;
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const skipped = Math.min(left, rest.length);
      rest = rest.subarray(skipped);
      left -= skipped;
      if (left > 0 || rest.length < HEAD_BYTES) return count;
      if (rest.readUInt8(3) === DATA) count += 1;
      left = HEAD_BYTES + rest.readUIntBE(0, 3);
    }
  };
}
