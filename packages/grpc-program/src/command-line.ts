import { Command, CommanderError, Option } from '@commander-js/extra-typings';
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

/**
 * An option that can come from the environment too: `--tls-cert` as GRPC_TLS_CERT. Arguments take precedence. Not for
 * `--trace`: GRPC_TRACE is grpc-js's own.
 */
export function option<Flags extends string>(flags: Flags, description: string): Option<Flags> {
  const option = new Option(flags, description);
  // Commander reads the environment only for options that have their variable before they are added to a command.
  return option.env(`GRPC_${option.name().toUpperCase().replaceAll('-', '_')}`);
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
