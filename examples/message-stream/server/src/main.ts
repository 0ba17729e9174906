import { print, runServer, serverCommand } from 'grpc-program/server';
import { descriptorSet, MessageServiceService } from 'message-proto';
import { messageService } from './message-service.ts';

const command = serverCommand('message-server', {
  port: 50051,
  description: 'Sends "Hello, world!" every second, and logs what the clients send.',
});

await runServer(command, {
  services: () => [[MessageServiceService, messageService({ log: print })]],
  descriptorSet,
  client: 'pnpm --filter message-client start',
});
