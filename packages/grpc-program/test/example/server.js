import { runServer, serverCommand } from 'grpc-program/server';
import { Echo } from './contract.js';
import { handlers, servedBy } from './echo.js';

const command = serverCommand('echo-server', { port: 9090, description: 'Says again what it hears.' });

await runServer(command, {
  services: () => [[Echo.service, handlers]],
  interceptors: () => [servedBy],
  client: 'node client.js',
});
