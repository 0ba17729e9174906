import { MISHAPS } from '@grpc-by-example/demo/examples';
import type { Method, PlayedExample } from './examples.ts';
import { parseObject, readMessage } from './message.ts';

const SERVER_ACTS = ['start', 'stop', 'kill', 'freeze', 'thaw', 'start over', 'start client', 'kill client'] as const;
const CALL_ACTS = ['half-close', 'cancel', 'stop reading', 'read'] as const;

/** What a page may ask for at once. */
export const LIMITS = { messages: 100_000, messageBytes: 5 * 2 ** 20, bytes: 64 * 2 ** 20 };

/** What a page may ask for; there is nothing else. */
export type Command =
  | { readonly do: 'server'; readonly act: (typeof SERVER_ACTS)[number] }
  | { readonly do: 'open'; readonly method: Method; readonly deadlineMs: number | undefined; readonly request: object }
  | { readonly do: 'send'; readonly message: unknown; readonly bytes: number; readonly count: number }
  | { readonly do: 'call'; readonly act: (typeof CALL_ACTS)[number] }
  | { readonly do: 'what if'; readonly name: keyof typeof MISHAPS };

/**
 * Reads what came from a page.
 *
 * @throws Error with a sentence for the page
 */
export function readCommand(text: string, { methods, whatIfs }: PlayedExample): Command {
  const asked = parseObject(text, 'the command');
  const field = (name: string): unknown => (Object.hasOwn(asked, name) ? Reflect.get(asked, name) : undefined);
  switch (field('do')) {
    case 'server':
      return { do: 'server', act: oneOf(SERVER_ACTS, field('act')) };
    case 'call':
      return { do: 'call', act: oneOf(CALL_ACTS, field('act')) };
    case 'what if':
      if (!whatIfs) throw new Error('this example has no what-ifs');
      return { do: 'what if', name: oneOf(Object.keys(MISHAPS) as (keyof typeof MISHAPS)[], field('name')) };
    case 'open': {
      const method = methods.get(String(field('method')));
      if (!method) throw new Error('this example has no such method');
      const deadlineMs = field('deadlineMs')
        ? wholeNumber('the deadline', field('deadlineMs'), 1, 3_600_000)
        : undefined;
      const request = method.requestStream ? {} : readMessage(method, field('message'));
      return { do: 'open', method, deadlineMs, request };
    }
    case 'send': {
      const bytes = wholeNumber('the padding', field('bytes'), 0, LIMITS.messageBytes);
      const count = wholeNumber('how many', field('count'), 1, LIMITS.messages);
      if (bytes * count > LIMITS.bytes) throw new Error('that is more than 64 MiB at once');
      return { do: 'send', message: field('message'), bytes, count };
    }
    default:
      throw new Error('there is no such command');
  }
}

function oneOf<const Choice extends string>(choices: readonly Choice[], value: unknown): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`it must be one of ${choices.join(', ')}`);
  return found;
}

function wholeNumber(what: string, value: unknown, least: number, most: number): number {
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
    throw new Error(`${what} must be a whole number from ${least} to ${most.toLocaleString('en')}`);
  }
  return Number(value);
}
