import { ChatService, descriptorSet } from 'chat-proto';
import { option, wholeNumber } from 'grpc-program/options';
import { runServer, serverCommand } from 'grpc-program/server';
import { chat } from './chat.ts';
import { chatRoom } from './chat-room.ts';

const command = serverCommand('chat-server', {
  port: 9090,
  description: 'Answers each chat message with "<name>: <message>".',
})
  .option('--room', 'run a chat room: send every message to every caller')
  .addOption(
    option('--send-timeout-seconds <n>', 'with --room: put out who takes nothing for so long while others wait for it')
      .argParser(wholeNumber(1, 3_600))
      .default(20),
  );

await runServer(command, {
  services: ({ room, sendTimeoutSeconds, maxMessageMib }) => [
    [
      ChatService,
      room ? chatRoom({ sendTimeoutMs: sendTimeoutSeconds * 1_000, maxMessageBytes: maxMessageMib * 2 ** 20 }) : chat,
    ],
  ],
  descriptorSet,
  client: 'pnpm --filter chat-client start',
});
