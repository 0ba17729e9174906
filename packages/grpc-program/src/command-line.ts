import { Command, CommanderError, Option } from '@commander-js/extra-typings';
import { asText } from './as-text.ts';
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
 * An option that can come from the environment too: `--tls-cert` as GRPC_TLS_CERT. Arguments take precedence, and an
 * empty variable is none. Not for `--trace`: GRPC_TRACE is grpc-js's own.
 */
export function option<Flags extends string>(flags: Flags, description: string): Option<Flags> {
  const option = new Option(flags, description);
  const variable = variableOf(option.name());
  if (process.env[variable] === '') delete process.env[variable];
  if (!option.required && !option.optional) readFlag(option, variable);
  // Commander reads the environment only for options that have their variable before they are added to a command.
  return option.env(variable);
}

const variableOf = (name: string) => `GRPC_${name.toUpperCase().replaceAll('-', '_')}`;

const ON = /^(true|1|yes|on)$/i;
const OFF = /^(false|0|no|off)$/i;

/** Commander takes any text for true, `false` too. Of an option that can be turned off, that is what `false` does. */
function readFlag(option: Option, variable: string): void {
  const text = process.env[variable];
  if (text === undefined || ON.test(text)) return;
  if (OFF.test(text)) {
    delete process.env[variable];
    if (!option.negate) process.env[variableOf(`no-${option.name()}`)] ??= 'true';
    return;
  }
  // Not an InvalidArgumentError, of which Commander says that the value is `undefined`.
  option.argParser(() => {
    throw new OperatorError(`${variable} must be true or false, and is ${text}`, 2);
  });
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
  console.error(error instanceof OperatorError ? `Error: ${asText(error.message)}` : error);
  return error instanceof OperatorError ? error.exitCode : 1;
}
