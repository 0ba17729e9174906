import { spawn } from 'node:child_process';
import { stopLater } from '@grpc-by-example/testing';
import type { Row } from '../attack.ts';
import { openSession } from '../bystander.ts';
import { ask } from '../raw-call.ts';
import { CHAT, said } from '../requests.ts';
import { victimCommand } from '../victim.ts';

/** Far more lines than a pipe holds. */
const CALLS = 1_500;

export const logs: Row[] = [
  {
    name: 'a log that nobody reads',
    gets: `${CALLS} calls are answered`,
    holds: 'lines that nobody takes are dropped',
    async run() {
      const [node = '', ...args] = victimCommand('chat', ['--log-level', 'info']);
      const server = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      stopLater(() => server.kill('SIGKILL'));
      const port = await new Promise<number>((resolve) => {
        let printed = '';
        server.stdout.on('data', (text) => {
          printed += text;
          const [, port] = printed.match(/ listens on localhost:(\d+)\./) ?? [];
          if (port) resolve(Number(port));
        });
      });
      const session = openSession(port);
      let answered = 0;
      for (let n = 0; n < CALLS; n++) if ((await ask(session, CHAT, said('hello'))).status === 'OK') answered += 1;
      session.destroy();
      server.kill('SIGKILL');
      return `${answered} calls are answered`;
    },
  },
];
