import { descriptorSet } from 'calc-proto';
import { type ClientOptions, clientCommand } from 'grpc-program/client';
import { incrementalSum } from './incremental-sum.ts';
import { sum } from './sum.ts';
import { InvalidValue, parseValue } from './values.ts';

const ONE_TO_TEN = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];

/** What the command line asks for. */
export interface Job {
  readonly operation: typeof sum;
  /** None when they are to be read from standard input. */
  readonly values: readonly bigint[] | undefined;
  readonly target: ClientOptions;
}

/** The command line; a value that is none, there or later in what `work` reads, is wrong usage. */
export function calcCommand(work: (job: Job) => Promise<void>) {
  const program = clientCommand('calc-client', {
    address: 'localhost:9091',
    server: 'pnpm --filter calc-server start',
    description: 'Sums signed 64-bit integers: 1 to 10, unless told otherwise.',
    descriptorSet,
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
        try {
          const fromInput = integers.length === 1 && integers[0] === '-';
          const values = fromInput ? undefined : integers.map((integer) => parseValue(integer));
          await work({ operation, values, target: command.optsWithGlobals() });
        } catch (error) {
          if (error instanceof InvalidValue) command.error(`error: ${error.message}`, { exitCode: 2 });
          throw error;
        }
      });
  }
  return program;
}
