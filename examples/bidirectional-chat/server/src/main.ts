import { connectRelay, type Relay, withBroker } from '@grpc-by-example/broker';
import { ChatService, descriptorSet, type StringValue } from 'chat-proto';
import { OperatorError, option, wholeNumber } from 'grpc-program/options';
import { runServer, serverCommand } from 'grpc-program/server';
import { chat } from './chat.ts';
import { chatRoom, texts } from './chat-room.ts';

const command = withBroker(
  serverCommand('chat-server', {
    port: 9090,
    description: 'Answers each chat message with "<name>: <message>".',
  })
    .option('--room', 'run a chat room: send every message to every caller')
    .addOption(
      option(
        '--send-timeout-seconds <n>',
        'with --room: put out who takes nothing for so long while others wait for it',
      )
        .argParser(wholeNumber(1, 3_600))
        .default(20),
    ),
);

let relay: Relay<StringValue> | undefined;

await runServer(command, {
  services: async ({ room, sendTimeoutSeconds, maxMessageMib, broker, ...options }, _stop, warn) => {
    if (broker && !room) throw new OperatorError('--broker goes with --room: without it, callers share nothing', 2);
    if (broker) relay = await connectRelay(broker, options, { name: 'chat', kind: texts, warn });
    const roomOptions = { sendTimeoutMs: sendTimeoutSeconds * 1_000, maxMessageBytes: maxMessageMib * 2 ** 20, relay };
    return [[ChatService, room ? chatRoom(roomOptions) : chat]];
  },
  descriptorSet,
  client: 'pnpm --filter chat-client start',
});
await relay?.close();
