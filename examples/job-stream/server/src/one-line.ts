const LONGEST = 200;
const END = 50;

/** Whatever a worker says, fit for a log: in one line, of which the middle is left out when it is long. */
export function oneLine(text: string): string {
  const shorter = text.length > LONGEST ? `${text.slice(0, LONGEST - END)}…${text.slice(-END)}` : text;
  return shorter.replaceAll(/[\p{C}\s]+/gu, ' ');
}
