import { EgressClient } from 'datahub-proto';
import { clientCommand, connect, runClient } from 'grpc-program/client';
import { subscribe } from './subscribe.ts';

await runClient((interrupted) =>
  clientCommand('exercise-client', {
    address: 'localhost:5002',
    server: 'pnpm --filter datahub-exercise server',
    description: 'Subscribes for 10 seconds and prints the tracking GUID of each data package.',
  }).action((target) =>
    subscribe(connect(EgressClient, target), {
      tagName: 'SomeTagName',
      limitMs: 10_000,
      print: console.log,
      interrupted,
    }),
  ),
);
