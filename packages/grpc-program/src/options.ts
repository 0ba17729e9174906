/** Throw it where an option is parsed: its message is printed after the name of the option; the exit code is 2. */
export { InvalidArgumentError } from '@commander-js/extra-typings';
export { option } from './command-line.ts';
export { OperatorError } from './operator-error.ts';
export { readOptionFile } from './option-file.ts';
export { readCa, readPair } from './pem-files.ts';
export { asTyped, fromTyped } from './typed-path.ts';
export { decimalNumber, text, wholeNumber } from './value-parsers.ts';
