/** For an option that takes a time: a whole number of milliseconds. */
export function milliseconds(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // By this code commander knows that the argument is to blame.
  throw Object.assign(new Error('It must be a whole number of milliseconds.'), { code: 'commander.invalidArgument' });
}
