import { StreamingCalcServiceClient } from 'calc-proto';
import { connect, print, runClient } from 'grpc-program/client';
import { calcCommand } from './command.ts';
import { withStandardInput } from './standard-input.ts';
import { InvalidValue } from './values.ts';

await runClient((interrupted) =>
  calcCommand(async ({ operation, values, target }) => {
    const client = connect(StreamingCalcServiceClient, target);
    const work = (values: Iterable<bigint> | AsyncIterable<bigint>, print: (line: string) => void) =>
      operation(client, values, print, { signal: interrupted });
    try {
      if (values) await work(values, print);
      else await withStandardInput(work);
    } catch (error) {
      // An interrupt cancels the call: a part of the input has no sum. Whoever interrupted need not be told.
      if (!interrupted.aborted || error instanceof InvalidValue) throw error;
    }
  }),
);
