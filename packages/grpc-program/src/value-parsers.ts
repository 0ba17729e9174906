import { InvalidArgumentError } from '@commander-js/extra-typings';
import { fromTyped } from './typed-path.ts';

/** What an address begins with that is the path of a Unix socket. */
export const UNIX = 'unix:';
/** What the system has room for; grpc-js would listen on a path that is cut. */
const LONGEST_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107;

// Each gives the value of an option, or throws the InvalidArgumentError whose message follows the name of the option.

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

/** For an option that takes a name: an empty one is what a shell makes of a variable that is not there. */
export function text(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** For an option that takes a file, or the URL of one. */
export function fileOrUrl(value: string): string {
  if (/^https?:/.test(value) && !URL.canParse(value)) throw new InvalidArgumentError('It must be a file, or a URL.');
  return text(value);
}

/** For an option that takes one of these words. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
    return word;
  };
}

/** For an option that takes an address, as grpc-js names one: `localhost:9090`, `[::1]:9090`, `unix:/run/chat.sock`. */
export function address(text: string): string {
  if (text.startsWith(UNIX)) return host(text);
  const [, port] = /^(?:\[[^\]\s]+\]|[^:\s]+):(\d{1,5})$/.exec(text) ?? [];
  if (Number(port) <= 65_535 || /^(dns|ipv4|ipv6):\S+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a host and a port, such as localhost:9090.');
}

/** For an option that takes a host to listen on: a name, an IP address, or `unix:` and the path of a socket. */
export function host(text: string): string {
  if (!text.startsWith(UNIX)) return text;
  const typed = text.slice(UNIX.length);
  const path = fromTyped(typed);
  if (typed === '') throw new InvalidArgumentError('It must name a socket, such as unix:/run/chat.sock.');
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH)
    throw new InvalidArgumentError(`The path of a socket has ${LONGEST_SOCKET_PATH} bytes at most: ${path}`);
  return `${UNIX}${path}`;
}
