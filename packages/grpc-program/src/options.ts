/** Throw it where an option is parsed: its message is printed after the name of the option; the exit code is 2. */
export { InvalidArgumentError } from '@commander-js/extra-typings';
export { option } from './command-line.ts';
export { asTyped, fromTyped } from './typed-path.ts';
export { decimalNumber, wholeNumber } from './value-parsers.ts';
