import { clientCommand, connect, runClient } from 'grpc-program/client';
import { bidiCall } from 'grpc-streams';
import { EchoClient, type Words } from '../echo-service.ts';

await runClient(() =>
  clientCommand('echo-client', { address: 'localhost:9090', description: 'Prints what comes back.' })
    .argument('<texts...>', 'what to send')
    .action(async (texts, target) => {
      const call = bidiCall<Words, Words>(connect(EchoClient, target).talk({}));
      await call.sendAll(texts.map((text) => ({ text })));
      for await (const { text } of call.replies) console.log(text);
    }),
);
