/** For an option that takes seconds, in whole or in part. */
export function seconds(text: string): number {
  const value = decimal(text);
  if (value >= 0.001 && value <= 86_400) return value;
  throw invalidArgument('It must be a number of seconds from 0.001 to 86400.');
}

/** For an option that counts something. */
export function wholeNumber(text: string): number {
  const value = decimal(text);
  if (value >= 1 && Number.isSafeInteger(value)) return value;
  throw invalidArgument('It must be a whole number from 1 on.');
}

/** NaN for what only JavaScript takes for a number: 0x10, 1e3, an empty text. */
function decimal(text: string): number {
  return /^[\d.]+$/.test(text) ? Number(text) : Number.NaN;
}

function invalidArgument(message: string): Error {
  // Commander's own error has this code, by which it knows what to add: the option, its argument, the usage.
  return Object.assign(new Error(message), { code: 'commander.invalidArgument' });
}
