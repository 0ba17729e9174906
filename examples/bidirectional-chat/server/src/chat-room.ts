import { status } from '@grpc/grpc-js';
import { type ChatMessage, type IChatServer, StringValue } from 'chat-proto';
import { bidiStreaming, MessageQueue, statusError } from 'grpc-streams';

/** How many messages may wait for one caller before the room lets it go. */
const MAILBOX_CAPACITY = 100;

/**
 * The same service as a chat room: every message goes to every caller, the sender included.
 *
 * A caller that does not read must not slow the others, so the room never waits for one: when a caller's mailbox is
 * full it is out of the room, at once, and its call ends with RESOURCE_EXHAUSTED.
 */
export function chatRoom(mailboxCapacity = MAILBOX_CAPACITY): IChatServer {
  const mailboxes = new Map<MessageQueue<StringValue>, { name?: string }>();

  function post(text: string): void {
    const message = new StringValue().setValue(text);
    for (const mailbox of mailboxes.keys()) {
      if (!mailbox.offer(message)) leave(mailbox, statusError(status.RESOURCE_EXHAUSTED, TOO_SLOW));
    }
  }

  function leave(mailbox: MessageQueue<StringValue>, reason?: unknown): void {
    const caller = mailboxes.get(mailbox);
    if (!mailboxes.delete(mailbox)) return;
    if (reason) mailbox.clear();
    mailbox.end(reason);
    if (caller?.name !== undefined) post(`${caller.name} left the chat`);
  }

  async function listen(messages: AsyncIterable<ChatMessage>, mailbox: MessageQueue<StringValue>): Promise<void> {
    for await (const message of messages) {
      const caller = mailboxes.get(mailbox);
      if (!caller) return;
      caller.name = message.getName();
      post(`${caller.name}: ${message.getMessage()}`);
    }
  }

  return {
    chat: bidiStreaming(async function* (messages) {
      const mailbox = new MessageQueue<StringValue>(mailboxCapacity);
      mailboxes.set(mailbox, {});
      listen(messages, mailbox).then(
        () => leave(mailbox),
        (error) => leave(mailbox, error),
      );
      try {
        yield* mailbox;
      } finally {
        leave(mailbox);
      }
    }),
  };
}

const TOO_SLOW = 'you read too slowly: the room does not keep more messages for you';
