import { type ChannelOptions, credentials, type MethodDefinition, makeClientConstructor } from '@grpc/grpc-js';
import { type Answer, type Ask, definition as base, LARGE, type TestClient } from '../test-client.ts';
import type { BadMessage, ClientPlan, HandlerPlan } from './plans.ts';

const MEBIBYTE = 1024 * 1024;

/** For servers and clients. */
export const OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MEBIBYTE,
  'grpc.max_send_message_length': 3 * MEBIBYTE,
  // Ports are used again, and the pool of the process remembers that nobody listened there.
  'grpc.use_local_subchannel_pool': 1,
};

const texts: Record<BadMessage, string> = {
  unwritable: 'unwritable',
  unreadable: 'unreadable',
  unsendable: 'x'.repeat(4 * MEBIBYTE),
  oversized: 'x'.repeat(2 * MEBIBYTE),
};

export function askOf(n: number, { requests, large }: ClientPlan): Ask {
  return { n, padding: requests ? texts[requests] : large ? LARGE : '' };
}

export function answerOf(n: number, { answers }: HandlerPlan, text = ''): Answer {
  return { n, text: answers ? texts[answers] : text };
}

function refuse(word: string, message: Ask | Answer): void {
  if ('text' in message ? message.text === word : message.padding === word) throw new Error(word);
}

/** The method, with messages that cannot be serialised and some that cannot be deserialised. */
function method<Kind extends { readonly requestStream: boolean; readonly responseStream: boolean }>(
  plain: MethodDefinition<Ask, Answer>,
  kind: Kind,
): MethodDefinition<Ask, Answer> & Kind {
  const serializer =
    <Message extends Ask | Answer>(serialize: (message: Message) => Buffer) =>
    (message: Message) => {
      refuse('unwritable', message);
      return serialize(message);
    };
  const deserializer =
    <Message extends Ask | Answer>(deserialize: (bytes: Buffer) => Message) =>
    (bytes: Buffer) => {
      const message = deserialize(bytes);
      refuse('unreadable', message);
      return message;
    };
  return {
    ...plain,
    ...kind,
    requestSerialize: serializer(plain.requestSerialize),
    requestDeserialize: deserializer(plain.requestDeserialize),
    responseSerialize: serializer(plain.responseSerialize),
    responseDeserialize: deserializer(plain.responseDeserialize),
  };
}

/** One method of each kind; nice-grpc wants to see the kinds in the types. */
export const definition = {
  say: method(base.say, { requestStream: false, responseStream: false } as const),
  collect: method(base.collect, { requestStream: true, responseStream: false } as const),
  list: method(base.list, { requestStream: false, responseStream: true } as const),
  talk: method(base.talk, { requestStream: true, responseStream: true } as const),
};

export function connect(port: number, options: ChannelOptions = {}): TestClient {
  const Constructor = makeClientConstructor(definition, 'Test');
  const address = `127.0.0.1:${port}`;
  return new Constructor(address, credentials.createInsecure(), { ...OPTIONS, ...options }) as unknown as TestClient;
}
