import { descriptorSet, PhoneClient } from 'call-proto';
import { clientCommand, connect, print, runClient } from 'grpc-program/client';
import { makeCall } from './make-call.ts';

await runClient((interrupted) =>
  clientCommand('call-client', {
    address: 'localhost:8981',
    server: 'pnpm --filter call-server start',
    description: 'Calls a phone number and prints how the call progresses. Ctrl-C hangs up.',
    descriptorSet,
  })
    .argument('[number]', 'the number to call', '94771234567')
    .action(async (number, target) => {
      const client = connect(PhoneClient, target);
      if (!(await makeCall(client, number, { print, interrupted }))) process.exitCode = 1;
    }),
);
