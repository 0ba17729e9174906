import { Command, InvalidArgumentError } from '@commander-js/extra-typings';

/** A failure that the person at the command line can mend; its message says how, and is all they see. */
export class OperatorError extends Error {
  override name = 'OperatorError';
  readonly exitCode: 1 | 2;

  /** @param exitCode 2 for wrong usage */
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A command that reports wrong usage as one line, then how it is used, and exits with 2. */
export function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError(`\nUsage: ${name} [options]\nFor the options, see --help.`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** For an option that takes a whole number. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  };
}

/** Runs the command; what cannot be done is one line on stderr, and the exit code. */
export async function runCommand(command: { parseAsync(): Promise<unknown> }): Promise<void> {
  try {
    await command.parseAsync();
  } catch (error) {
    // Whatever else comes here is a fault of the program, and its stack tells where.
    console.error(error instanceof OperatorError ? `Error: ${error.message}` : error);
    process.exitCode = error instanceof OperatorError ? error.exitCode : 1;
  }
}
