import { asText } from '../as-text.ts';

/** Prints a line on stdout, with what it has of a peer as text. */
export function print(line: string): void {
  console.log(asText(line));
}

/** Prints a line on stderr: what a person should know, and no other program reads. */
export function warn(line: string): void {
  console.error(asText(line));
}
