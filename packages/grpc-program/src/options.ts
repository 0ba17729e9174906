import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Throw it where an option is parsed: its message is told with the name of the option, then the usage; exit code 2. */
export { InvalidArgumentError };

/** For an option that takes a whole number. */
export function wholeNumber(from: number, to = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < from || value > to) {
      const range = to === Number.MAX_SAFE_INTEGER ? `${from} on` : `${from} to ${to}`;
      throw new InvalidArgumentError(`It must be a whole number from ${range}.`);
    }
    return value;
  };
}

/** For an option that takes a decimal number: not what only JavaScript takes for one, such as 0x10, 1e3 or nothing. */
export function decimalNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < from || value > to) {
      throw new InvalidArgumentError(`It must be a number from ${from} to ${to}.`);
    }
    return value;
  };
}
