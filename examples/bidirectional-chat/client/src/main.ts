import { ChatClient, descriptorSet } from 'chat-proto';
import { clientCommand, connect, print, runClient, standardInput } from 'grpc-program/client';
import { chat } from './chat.ts';
import { chatInteractively } from './chat-interactively.ts';

await runClient((interrupted) =>
  clientCommand('chat-client', {
    address: 'localhost:9090',
    server: 'pnpm --filter chat-server start',
    description: 'Sends three chat messages and prints the responses.',
    descriptorSet,
  })
    .option('--name <name>', 'chat under this name instead: each line that you type is a message')
    .action(async ({ name, ...target }) => {
      const client = connect(ChatClient, target);
      if (name === undefined) await chat(client, print);
      else await chatInteractively(client, { name, input: standardInput(), print, interrupted });
    }),
);
