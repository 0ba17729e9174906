import { asText } from '../as-text.ts';

/** Prints a line on stdout, with what it has of a peer as text. */
export function print(line: string): void {
  console.log(asText(line));
}
