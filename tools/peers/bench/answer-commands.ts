import { createInterface } from 'node:readline';

/**
 * Answers the commands of the benchmark: each is a line of JSON on stdin, and so is its answer on stdout, its result or
 * the message of its error. Ends the process when stdin ends: the parent is gone, or done with it.
 */
export function answerCommands<Command>(run: (command: Command) => unknown): void {
  const answer = async (line: string) => {
    try {
      return { result: await run(JSON.parse(line) as Command) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  createInterface({ input: process.stdin })
    .on('line', async (line) => process.stdout.write(`${JSON.stringify(await answer(line))}\n`))
    .on('close', () => process.exit());
}
