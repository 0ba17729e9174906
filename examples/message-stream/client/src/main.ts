import { clientCommand, connect, print, runClient } from 'grpc-program/client';
import { decimalNumber, wholeNumber } from 'grpc-program/options';
import { descriptorSet, MessageRequest, MessageServiceClient } from 'message-proto';
import { streamMessages } from './stream-messages.ts';

await runClient((interrupted) =>
  clientCommand('message-client', {
    address: 'localhost:50051',
    server: 'pnpm --filter message-server start',
    description: 'Sends "Hello, world!" every second, and prints what the server sends.',
    descriptorSet,
  })
    .option('--name <text>', 'what to send', 'Hello, world!')
    .option('--interval <seconds>', 'the time between two messages, such as 0.5', decimalNumber(0.001, 86_400), 1)
    .option('--count <messages>', 'stop after receiving this many messages', wholeNumber(1))
    .action(async ({ name, interval, count, ...target }) => {
      const client = connect(MessageServiceClient, target);
      const message = () => new MessageRequest().setName(name);
      await streamMessages(client, { message, intervalMs: interval * 1_000, count, print, interrupted });
    }),
);
