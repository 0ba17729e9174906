import { asText } from 'grpc-program/server';

const LONGEST = 200;
const END = 50;

/** What a worker says, as text; of a long one, the beginning and the end. It takes one line of a log. */
export function shortened(text: string): string {
  return asText(text.length > LONGEST ? `${text.slice(0, LONGEST - END)}…${text.slice(-END)}` : text);
}
