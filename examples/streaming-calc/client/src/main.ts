import { StreamingCalcServiceClient } from 'calc-proto';
import { clientCommand, connect, runClient } from 'grpc-program/client';
import { incrementalSum } from './incremental-sum.ts';
import { withStandardInput } from './standard-input.ts';
import { sum } from './sum.ts';
import { InvalidValue, parseValue } from './values.ts';

const ONE_TO_TEN = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];

await runClient((interrupted) => {
  const program = clientCommand('calc-client', {
    address: 'localhost:9091',
    description: 'Sums signed 64-bit integers: 1 to 10, unless told otherwise.',
  });
  for (const [name, description, operation] of [
    ['sum', 'print the sum; this is what happens without a command', sum],
    ['incremental', 'print the sum after each integer', incrementalSum],
  ] as const) {
    program
      .command(name, { isDefault: operation === sum })
      .description(description)
      .argument('[integers...]', 'what to sum, or - for standard input, one per line', ONE_TO_TEN)
      .action(async (integers, _options, command) => {
        const client = connect(StreamingCalcServiceClient, command.optsWithGlobals());
        const work = (values: Iterable<bigint> | AsyncIterable<bigint>, print: (line: string) => void) =>
          operation(client, values, print, { signal: interrupted });
        try {
          if (integers.length === 1 && integers[0] === '-') await withStandardInput(work);
          else
            await work(
              integers.map((integer) => parseValue(integer)),
              console.log,
            );
        } catch (error) {
          if (error instanceof InvalidValue) command.error(`error: ${error.message}`, { exitCode: 2 });
          // An interrupt cancels the call: a part of the input has no sum. Who did it need not be told.
          if (!interrupted.aborted) throw error;
        }
      });
  }
  return program;
});
