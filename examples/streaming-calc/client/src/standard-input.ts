import { standardInput } from 'grpc-program/client';
import { Progress } from './progress.ts';
import { readValues } from './values.ts';

/** Works on the values of standard input as they come; on a terminal, it shows how far it is. */
export async function withStandardInput(
  work: (values: AsyncIterable<bigint>, print: (line: string) => void) => Promise<void>,
): Promise<void> {
  const input = standardInput();
  const progress = new Progress(process.stderr);
  const print = (line: string) => {
    progress.clear();
    console.log(line);
  };
  try {
    await work(progress.of(readValues(input)), print);
  } finally {
    progress.clear();
    // An input that is still open would keep the process running, though nobody wants its values.
    input.destroy();
  }
}
