import { EgressService, IngestService } from 'datahub-proto';
import { type RunningServer, type StartServerOptions, startServer } from 'grpc-program/server';
import { onTestFinished } from 'vitest';
import { egress } from '../src/egress.ts';
import { Hub, type HubOptions } from '../src/hub.ts';
import { ingest } from '../src/ingest.ts';
import { DataHubPeer } from './datahub-peer.ts';

/** Beyond every patience of a test: what waits so long hangs. */
export const NEVER_MS = 3_600_000;

export interface DataHub {
  readonly server: RunningServer;
  readonly hub: Hub;
  /** A new client, on a connection of its own. */
  connect(knowsPositions?: boolean): DataHubPeer;
}

/** Starts a server on a free port; it and its clients are closed when the test is finished. */
export async function serve({
  tickMs = NEVER_MS,
  ...options
}: HubOptions & StartServerOptions & { tickMs?: number } = {}): Promise<DataHub> {
  const hub = new Hub(options);
  const server = await startServer(
    [
      [IngestService, ingest(hub)],
      [EgressService, egress(hub, tickMs)],
    ],
    options,
  );
  const peers: DataHubPeer[] = [];
  onTestFinished(() => {
    for (const peer of peers) peer.close();
    server.forceStop();
  });
  return {
    server,
    hub,
    connect(knowsPositions) {
      const peer = new DataHubPeer(server.port, knowsPositions);
      peers.push(peer);
      return peer;
    },
  };
}
