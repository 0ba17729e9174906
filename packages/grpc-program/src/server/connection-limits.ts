import type { DropArgument } from 'node:net';
import type { Server } from '@grpc/grpc-js';
import { http2ServersOf } from './grpc-js-internals.ts';

/**
 * Refuses connections beyond this number, on each address that the server listens on.
 *
 * @param onRefused hears of each that is refused, and of its peer
 */
export function limitConnections(
  server: Server,
  maxConnections: number,
  onRefused: (peer: string) => void = () => {},
): void {
  for (const http2Server of http2ServersOf(server)) {
    http2Server.maxConnections = maxConnections;
    http2Server.on('drop', (dropped?: DropArgument) => {
      onRefused(dropped?.remoteAddress ? `${dropped.remoteAddress}:${dropped.remotePort}` : 'unknown');
    });
  }
}
