/** For an option that takes seconds, in whole or in part. */
export function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 86_400) return value;
  // Commander's own error has this code, by which it knows what to add: the option, its argument, the usage.
  throw Object.assign(new Error('It must be a number of seconds from 0 to 86400.'), {
    code: 'commander.invalidArgument',
  });
}
