import { descriptorSet, EgressService } from 'datahub-proto';
import { runServer, serverCommand } from 'grpc-program/server';
import { egress } from './egress.ts';

const command = serverCommand('exercise-server', {
  port: 5002,
  description: 'Sends a data package a second to each subscriber.',
});

await runServer(command, {
  services: () => [[EgressService, egress({ intervalMs: 1_000, log: console.log })]],
  descriptorSet,
  client: 'pnpm --filter datahub-exercise client',
});
