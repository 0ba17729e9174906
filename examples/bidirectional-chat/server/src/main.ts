import { ChatService, descriptorSet } from 'chat-proto';
import { runServer, serverCommand } from 'grpc-program/server';
import { chat } from './chat.ts';
import { chatRoom } from './chat-room.ts';

const command = serverCommand('chat-server', {
  port: 9090,
  description: 'Answers each chat message with "<name>: <message>".',
}).option('--room', 'run a chat room: send every message to every caller');

await runServer(command, {
  services: ({ room }) => [[ChatService, room ? chatRoom() : chat]],
  descriptorSet,
  client: 'pnpm --filter chat-client start',
});
