import { runServer, serverCommand } from 'grpc-program/server';
import { bidiStreaming } from 'grpc-streams';
import { definition, descriptorSet, type Words } from '../echo-service.ts';

const talk = bidiStreaming<Words, Words>(async function* (words) {
  for await (const { text } of words) yield { text: `You said ${text}.` };
});

const command = serverCommand('echo-server', { port: 9090, description: 'Says again what it hears.' });

await runServer(command, { services: () => [[definition, { talk }]], descriptorSet, client: 'node client.ts' });
