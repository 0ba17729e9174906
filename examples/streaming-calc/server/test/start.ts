import { type IStreamingCalcServiceServer, StreamingCalcServiceService } from 'calc-proto';
import { type RunningServer, startServer } from 'grpc-program/server';
import { onTestFinished } from 'vitest';
import { calc } from '../src/calc.ts';
import { CalcPeer } from './calc-peer.ts';

export interface CalcServer {
  readonly server: RunningServer;
  /** A new caller, on a connection of its own. */
  connect(): CalcPeer;
}

/** Starts a server on a free port; it and its callers are closed when the test is finished. */
export async function serve(service: IStreamingCalcServiceServer = calc): Promise<CalcServer> {
  const server = await startServer([[StreamingCalcServiceService, service]]);
  const peers: CalcPeer[] = [];
  onTestFinished(() => {
    for (const peer of peers) peer.close();
    server.forceStop();
  });
  return {
    server,
    connect() {
      const peer = new CalcPeer(server.port);
      peers.push(peer);
      return peer;
    },
  };
}
