import { clientCommand, connect, runClient } from 'grpc-service/client';
import { MessageRequest, MessageServiceClient } from 'message-proto';
import { seconds, wholeNumber } from './number-options.ts';
import { streamMessages } from './stream-messages.ts';

await runClient((interrupted) =>
  clientCommand('message-client', {
    address: 'localhost:50051',
    description: 'Sends "Hello, world!" every second, and prints what the server sends.',
  })
    .option('--name <text>', 'what to send', 'Hello, world!')
    .option('--interval <seconds>', 'the time between two messages, such as 0.5', seconds, 1)
    .option('--count <messages>', 'stop after so many messages received', wholeNumber)
    .action(async ({ name, interval, count, ...target }) => {
      const client = connect(MessageServiceClient, target);
      const message = () => new MessageRequest().setName(name);
      await streamMessages(client, { message, intervalMs: interval * 1_000, count, print: console.log, interrupted });
    }),
);
