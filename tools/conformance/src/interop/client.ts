// gRPC's interop tests as a client program of this repository: prints a line for each case.
import { Client } from '@grpc/grpc-js';
import { clientCommand, connect, print, runClient } from 'grpc-program/client';
import { CASES } from './cases.ts';

await runClient(() =>
  clientCommand('interop-client', { address: 'localhost:10000', description: "gRPC's interop tests." })
    .option('--except <cases...>', 'which to leave out', [] as string[])
    .action(async ({ except, ...target }) => {
      for (const [name, run] of Object.entries(CASES)) {
        if (except.includes(name)) continue;
        const clients: Client[] = [];
        try {
          await run((options) => {
            const client = connect(Client, target, { 'grpc.use_local_subchannel_pool': 1, ...options });
            clients.push(client);
            return client;
          });
          print(`ok ${name}`);
        } catch (error) {
          print(`FAILED ${name}: ${(error as Error).message}`);
          process.exitCode = 1;
        }
        for (const client of clients) client.close();
      }
    }),
);
