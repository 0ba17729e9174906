import { type ChannelOptions, credentials, type MethodDefinition, makeClientConstructor } from '@grpc/grpc-js';
import type { BadMessage, ClientPlan, HandlerPlan } from './plans.ts';
import { type Answer, type Ask, LARGE, type ServiceClient } from './service.ts';

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

/** A method with messages that cannot be serialised, and some that cannot be deserialised; JSON on the wire. */
function method<Kind extends { readonly requestStream: boolean; readonly responseStream: boolean }>(
  name: string,
  kind: Kind,
): MethodDefinition<Ask, Answer> & Kind {
  const serialize = (message: Ask | Answer) => {
    refuse('unwritable', message);
    return Buffer.from(JSON.stringify(message));
  };
  const deserialize = <Message extends Ask | Answer>(bytes: Buffer) => {
    const message = JSON.parse(bytes.toString()) as Message;
    refuse('unreadable', message);
    return message;
  };
  return {
    path: `/matrix.Matrix/${name}`,
    ...kind,
    requestSerialize: serialize,
    requestDeserialize: (bytes) => deserialize<Ask>(bytes),
    responseSerialize: serialize,
    responseDeserialize: (bytes) => deserialize<Answer>(bytes),
  };
}

/** One method of each kind; nice-grpc wants to see the kinds in the types. */
export const definition = {
  say: method('Say', { requestStream: false, responseStream: false } as const),
  collect: method('Collect', { requestStream: true, responseStream: false } as const),
  list: method('List', { requestStream: false, responseStream: true } as const),
  talk: method('Talk', { requestStream: true, responseStream: true } as const),
};

export function connect(port: number, options: ChannelOptions = {}): ServiceClient {
  const Constructor = makeClientConstructor(definition, 'Matrix');
  const address = `127.0.0.1:${port}`;
  return new Constructor(address, credentials.createInsecure(), { ...OPTIONS, ...options }) as unknown as ServiceClient;
}
