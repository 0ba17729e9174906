import { descriptorSet, StreamingCalcServiceService } from 'calc-proto';
import { runServer, serverCommand } from 'grpc-program/server';
import { calc } from './calc.ts';

const command = serverCommand('calc-server', {
  port: 9091,
  description: 'Sums streams of signed 64-bit integers.',
});

await runServer(command, {
  services: () => [[StreamingCalcServiceService, calc]],
  descriptorSet,
  client: 'pnpm --filter calc-client start',
});
