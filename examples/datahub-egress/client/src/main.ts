import { descriptorSet, EgressClient, IngestClient } from 'datahub-proto';
import { clientCommand, connect, print, runClient, warn } from 'grpc-program/client';
import { decimalNumber } from 'grpc-program/options';
import { ingest } from './ingest.ts';
import { send } from './send.ts';
import { subscribe } from './subscribe.ts';

/**
 * The channel looks for the server whenever a subscription is tried: that has its own backoff. That of grpc-js, up to two
 * minutes, would fail a call without even looking.
 */
const NO_BACKOFF = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 100 };

await runClient((interrupted) => {
  const command = clientCommand('datahub-client', {
    address: 'localhost:5001',
    server: 'pnpm --filter datahub-server start',
    description: 'Subscribes to a tag and prints the tracking GUID of each data package.',
    descriptorSet,
  })
    .option('--tag <name>', 'the tag to subscribe to, or to send under', 'SomeTagName')
    .option('--seconds <n>', 'cancel the subscription after this many seconds', decimalNumber(0, 86_400), 60)
    .option('--values', 'print the value of each package instead')
    .allowExcessArguments()
    .action(async ({ tag, seconds, values, ...target }) => {
      const [unknown] = command.args;
      if (unknown !== undefined) command.error(`error: unknown command '${unknown}'`);
      const field = values ? 'value' : 'guid';
      const options = { tagName: tag, limitMs: seconds * 1_000, field, print, warn, interrupted } as const;
      await subscribe(connect(EgressClient, target, NO_BACKOFF), options);
    });
  command
    .command('ingest')
    .allowExcessArguments(false) // it would have that of its parent
    .description('send ten packages on a stream, tag DateTimeTicks; print how many were accepted')
    .action(() => ingest(connect(IngestClient, command.opts()), print));
  command
    .command('send <values...>')
    .description('send a package for each value in one request; print how many were accepted')
    .action((values) => send(connect(IngestClient, command.opts()), { tagName: command.opts().tag, values, print }));
  return command;
});
