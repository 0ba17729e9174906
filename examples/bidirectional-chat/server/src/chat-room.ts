import { status } from '@grpc/grpc-js';
import { type ChatMessage, type IChatServer, StringValue } from 'chat-proto';
import { callerOf } from 'grpc-program/server';
import { bidiStreaming, MessageQueue, statusError } from 'grpc-streams';

/** How many messages may wait for a caller before the room puts it out. */
const MAILBOX_CAPACITY = 100;

interface Caller {
  /** Once it has said something: whom its token is for, else the name in its last message. */
  name?: string;
  readonly mailbox: MessageQueue<StringValue>;
}

/**
 * The same service as a chat room: every message goes to every caller, the sender included, in the same order.
 *
 * A caller that does not read must not slow the others, so the room never waits for one: as soon as a caller's mailbox
 * is full, the caller is out of the room, and its call ends with RESOURCE_EXHAUSTED.
 *
 * Who comes with a token speaks by the name that it is for, whatever name its messages have: nobody speaks as another.
 */
export function chatRoom(mailboxCapacity = MAILBOX_CAPACITY): IChatServer {
  const callers = new Set<Caller>();

  function post(text: string): void {
    const message = new StringValue().setValue(text);
    const slow = [...callers].filter(({ mailbox }) => !mailbox.offer(message));
    for (const caller of slow) {
      caller.mailbox.fail(
        statusError(status.RESOURCE_EXHAUSTED, 'you read too slowly: the room does not keep more messages for you'),
      );
      leave(caller);
    }
  }

  function leave(caller: Caller): void {
    if (callers.delete(caller) && caller.name !== undefined) post(`${caller.name} left the chat`);
  }

  async function listen(caller: Caller, messages: AsyncIterable<ChatMessage>, subject?: string): Promise<void> {
    try {
      for await (const message of messages) {
        if (!callers.has(caller)) return;
        caller.name = subject ?? message.getName();
        post(`${caller.name}: ${message.getMessage()}`);
      }
      caller.mailbox.end();
    } catch (error) {
      caller.mailbox.end(error);
    } finally {
      leave(caller);
    }
  }

  return {
    chat: bidiStreaming(async function* (messages, { call }) {
      const bearer = callerOf(call);
      if (bearer && bearer.subject === undefined)
        throw statusError(status.PERMISSION_DENIED, 'the token does not say whom it is for: the room needs a name');
      // The mailbox does not take the call's signal: `listen` ends it with the requests, and takes the caller out of
      // the room at the same time. To the room, a mailbox that ended earlier would look like a full one.
      const caller = { mailbox: new MessageQueue<StringValue>(mailboxCapacity) };
      callers.add(caller);
      void listen(caller, messages, bearer?.subject);
      try {
        yield* caller.mailbox;
      } finally {
        leave(caller);
      }
    }),
  };
}
