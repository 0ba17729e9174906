import { Command, CommanderError, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { OperatorError } from './operator-error.ts';

/** A command that reports wrong usage as one line, then the usage, and leaves the exit to {@link exitCodeOf}. */
export function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .showHelpAfterError()
    .configureHelp({ showGlobalOptions: true })
    .helpOption('-h, --help', 'show this help');
}

/** For an option that takes one of these words. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
    return word;
  };
}

/**
 * An option that can come from the environment too: `--tls-cert` as GRPC_TLS_CERT. Arguments go first. Not for
 * `--trace`: GRPC_TRACE is grpc-js's own.
 */
export function option<Flags extends string>(flags: Flags, description: string): Option<Flags> {
  const option = new Option(flags, description);
  // Commander reads the environment only for options that have their variable before they are added to a command.
  return option.env(`GRPC_${option.name().toUpperCase().replaceAll('-', '_')}`);
}

/** For an option that takes an address, as grpc-js names one: `localhost:9090`, `[::1]:9090`, `unix:/run/chat.sock`. */
export function address(text: string): string {
  if (/^(\[[^\]\s]+\]|[^:\s]+):\d{1,5}$/.test(text) || /^(dns|ipv4|ipv6|unix):\S+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a host and a port, such as localhost:9090.');
}

/**
 * Reports what ended a program, in one line on stderr.
 *
 * @returns the exit code: 0 for `--help`, 2 for wrong usage, 1 for everything else
 */
export function exitCodeOf(error: unknown): number {
  // Commander has printed its message by now.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  // Whatever else comes here is a fault of the program, and its stack tells where.
  console.error(error instanceof OperatorError ? `Error: ${error.message}` : error);
  return 1;
}
