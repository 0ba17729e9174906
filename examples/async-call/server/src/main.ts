import { descriptorSet, PhoneService } from 'call-proto';
import { print, runServer, serverCommand } from 'grpc-program/server';
import { CallSessions } from './call-sessions.ts';
import { phone } from './phone.ts';
import { phoneNumbers } from './phone-numbers.ts';

const command = serverCommand('call-server', {
  port: 8981,
  description: 'Simulates phone calls: each is answered after two seconds and ends after three.',
}).option('--unanswered <number...>', 'numbers that do not answer', phoneNumbers);

await runServer(command, {
  services: ({ unanswered }) => [[PhoneService, phone({ sessions: new CallSessions(print), log: print, unanswered })]],
  descriptorSet,
  client: 'pnpm --filter call-client start',
});
