import { descriptorSet, EgressService, IngestService } from 'datahub-proto';
import { runServer, serverCommand } from 'grpc-program/server';
import { egress } from './egress.ts';
import { Hub } from './hub.ts';
import { ingest } from './ingest.ts';

const command = serverCommand('datahub-server', {
  port: 5001,
  description:
    'Takes in data packages and passes them on to the subscribers of their tag, along with one tick a second.',
});

const hub = new Hub();

await runServer(command, {
  services: () => [
    [IngestService, ingest(hub)],
    [EgressService, egress(hub)],
  ],
  descriptorSet,
  client: 'pnpm --filter datahub-client start',
});
