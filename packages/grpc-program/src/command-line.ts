import { Command, CommanderError, type ErrorOptions, Option } from '@commander-js/extra-typings';
import { asText } from './as-text.ts';
import { OperatorError } from './operator-error.ts';

/** A command that reports wrong usage as one line, then the usage, and leaves the exit to {@link exitCodeOf}. */
export function newCommand(name: string, description: string): Command {
  return new ProgramCommand(name)
    .description(description)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .helpOption('-h, --help', 'show this help');
}

/**
 * A command that says after an error how it is used, in a line, and where the rest is: the whole help would push the
 * error out of sight.
 *
 * Its options take a value that may be left out, as that of `--trace [ms]`, after a `=` alone. Commander would take the
 * argument that follows, which may be meant for the program: the number in `--trace 94771234567`.
 */
class ProgramCommand extends Command {
  override createCommand(name?: string): Command {
    return new ProgramCommand(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    this.showHelpAfterError(`\nUsage: ${this.createHelp().commandUsage(this)}\nFor the options, see --help.`);
    return super.error(message, options);
  }

  override createOption<Flags extends string>(flags: Flags, description?: string): Option<Flags> {
    const option = super.createOption(flags, description);
    option.flags = flags.replace(' [', '[='); // as people see it
    return option;
  }

  /**
   * Reads the options of the command line.
   *
   * @throws OperatorError when a variable that stands for a flag is neither true nor false, and no argument goes before
   */
  override parseOptions(args: string[]) {
    const ownArgs = args.includes('--') ? args.indexOf('--') : args.length;
    const withoutValue = this.options.filter(({ optional }) => optional).map(({ long }) => long);
    const parsed = super.parseOptions(
      args.map((arg, index) => (index < ownArgs && withoutValue.includes(arg) ? `${arg}=` : arg)),
    );
    for (const option of this.options) {
      if (isFlag(option) && this.getOptionValueSource(option.attributeName()) !== 'cli') refuseUnclear(option.envVar);
    }
    return parsed;
  }
}

/**
 * An option that can come from the environment too: `--tls-cert` as GRPC_TLS_CERT. Arguments take precedence, and an
 * empty variable is none. Not for `--trace`: GRPC_TRACE is grpc-js's own.
 */
export function option<Flags extends string>(flags: Flags, description: string): Option<Flags> {
  const option = new Option(flags, description);
  const variable = variableOf(option.name());
  if (process.env[variable] === '') delete process.env[variable];
  if (isFlag(option)) readFlag(option, variable);
  // Commander reads the environment only for options that have their variable before they are added to a command.
  return option.env(variable);
}

const variableOf = (name: string) => `GRPC_${name.toUpperCase().replaceAll('-', '_')}`;

const isFlag = ({ required, optional }: Option) => !required && !optional;

const ON = /^(true|1|yes|on)$/i;
const OFF = /^(false|0|no|off)$/i;

/** Commander takes any text for true, `false` too. Of an option that can be turned off, that is what `false` does. */
function readFlag(option: Option, variable: string): void {
  if (!OFF.test(process.env[variable] ?? '')) return;
  delete process.env[variable];
  if (!option.negate) process.env[variableOf(`no-${option.name()}`)] ??= 'true';
}

function refuseUnclear(variable: string | undefined): void {
  const text = variable && process.env[variable];
  if (text && !ON.test(text)) throw new OperatorError(`${variable} must be true or false, and is ${text}`, 2);
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
