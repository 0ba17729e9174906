import { status } from '@grpc/grpc-js';
import type { MessageKind, Relay, Will } from '@grpc-by-example/broker';
import { type ChatMessage, type IChatServer, StringValue } from 'chat-proto';
import { callerOf } from 'grpc-program/server';
import { Broadcast, type BroadcastOptions, bidiStreaming, type Subscription, statusError } from 'grpc-streams';

export interface ChatRoomOptions extends Pick<BroadcastOptions, 'bufferBytes' | 'sendTimeoutMs'> {
  /** The largest message that the server sends, in bytes. */
  readonly maxMessageBytes?: number;
  /** What passes the messages on among the servers of one room. */
  readonly relay?: Relay<StringValue> | undefined;
}

/** What is said in a room, as a relay needs to know it. */
export const texts: MessageKind<StringValue> = {
  topicOf: () => 'room',
  encode: (message) => message.serializeBinary(),
  decode: (bytes) => StringValue.deserializeBinary(bytes),
  bytesOf: (message) => message.getValue().length,
};

const GAP = 'this server was away from the room, and does not know what was said; come back';

/** Of a longer name the room remembers the beginning: it keeps one for every caller. */
const LONGEST_NAME = 1_000;

/**
 * The same service as a chat room: every message goes to every caller, the sender included, in the same order.
 *
 * Each caller reads at its own pace. The room keeps up to 1 MiB of messages for those who are behind; then it takes no
 * more from the senders until the slowest has caught up. A caller who takes nothing for 20 s meanwhile is out of the
 * room, and its call ends with RESOURCE_EXHAUSTED.
 *
 * Who comes with a token speaks by the name that it is for, whatever name its messages have: nobody speaks as another.
 */
export function chatRoom({ maxMessageBytes = 4 * 2 ** 20, relay, ...options }: ChatRoomOptions = {}): IChatServer {
  const room = new Broadcast<StringValue>({
    ...options,
    tooSlow: statusError(
      status.RESOURCE_EXHAUSTED,
      'you read too slowly: the room does not keep more messages for you',
    ),
  });

  let callers = 0;
  const listeners = new Set<Subscription<StringValue>>();
  relay?.start({
    take: (message, bytes) => room.send(message, bytes),
    onGap: () => {
      for (const heard of listeners) heard.end(statusError(status.UNAVAILABLE, GAP));
    },
  });

  async function post(message: StringValue, signal?: AbortSignal, will?: Will<StringValue>): Promise<void> {
    const bytes = message.serializeBinary().length;
    // grpc-js would end the call of everyone to whom it cannot send it.
    if (bytes > maxMessageBytes) throw tooLarge(bytes, maxMessageBytes);
    if (relay) await relay.send(message, signal, will);
    else await room.send(message, bytes, signal);
  }

  // #region room
  async function listen(
    messages: AsyncIterable<ChatMessage>,
    heard: Subscription<StringValue>,
    { signal, subject }: { signal: AbortSignal; subject: string | undefined },
  ) {
    const key = callers++;
    let farewell: StringValue | undefined;
    try {
      for await (const message of messages) {
        const speaker = subject ?? message.getName();
        const will = { key, message: said(`${remembered(speaker)} left the chat`) };
        await post(said(`${speaker}: ${message.getMessage()}`), signal, will);
        farewell = will.message;
      }
      heard.end();
    } catch (error) {
      heard.end(error);
    }
    listeners.delete(heard);
    if (relay) await relay.fulfil(key);
    else if (farewell) await post(farewell);
  }

  return {
    chat: bidiStreaming((messages, context) => {
      const bearer = callerOf(context.call);
      if (bearer && bearer.subject === undefined)
        throw statusError(status.PERMISSION_DENIED, 'the token does not say whom it is for: the room needs a name');
      const heard = room.subscribe(context);
      listeners.add(heard);
      void listen(messages, heard, { signal: context.signal, subject: bearer?.subject });
      return heard;
    }),
  };
  // #endregion
}

const said = (text: string): StringValue => new StringValue().setValue(text);

function remembered(name: string): string {
  // By way of a Buffer: a slice would keep the whole name in memory.
  return name.length <= LONGEST_NAME ? name : `${Buffer.from(name.slice(0, LONGEST_NAME))}…`;
}

function tooLarge(bytes: number, most: number) {
  return statusError(status.RESOURCE_EXHAUSTED, `your message is too large with your name: ${bytes} bytes, of ${most}`);
}
