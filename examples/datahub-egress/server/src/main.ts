import { type Broker, connectLog, withBroker } from '@grpc-by-example/broker';
import { descriptorSet, EgressService, IngestService } from 'datahub-proto';
import { runServer, serverCommand } from 'grpc-program/server';
import { type DataPackage, dataPackages } from './data-package.ts';
import { egress } from './egress.ts';
import { Hub } from './hub.ts';
import { ingest } from './ingest.ts';

const command = withBroker(
  serverCommand('datahub-server', {
    port: 5001,
    description:
      'Takes in data packages and passes them on to the subscribers of their tag, along with one tick a second.',
  }),
);

// #region broker
let hub: Broker<DataPackage> = new Hub();

await runServer(command, {
  services: async (options, _stop, warn) => {
    const connection = { name: 'datahub', kind: dataPackages, warn };
    if (options.broker) hub = await connectLog(options.broker, options, connection);
    return [
      [IngestService, ingest(hub)],
      [EgressService, egress(hub)],
    ];
  },
  // #endregion
  descriptorSet,
  client: 'pnpm --filter datahub-client start',
});
await hub.close();
