import { clientCommand, connect, print, runClient } from 'grpc-program/client';
import { callsOf } from 'grpc-streams';
import { Echo } from './contract.js';

await runClient(() =>
  clientCommand('echo-client', { address: 'localhost:9090', server: 'node server.js', description: 'Says your words.' })
    .argument('<texts...>', 'what to send')
    .action(async (texts, target) => {
      const call = callsOf(connect(Echo, target)).talk();
      await call.sendAll(texts.map((text) => ({ text })));
      for await (const { text } of call.responses) print(text);
    }),
);
