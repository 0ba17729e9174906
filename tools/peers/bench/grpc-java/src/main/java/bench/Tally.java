package bench;

/** Counts the messages that arrive on one stream; throws at the first one that is out of order or damaged. */
final class Tally {
  private int count;
  private long characters;
  private int length = -1;

  void add(ChatMessage message) {
    if (message.number() != count) {
      throw new IllegalStateException("message " + count + " is number " + message.number());
    }
    if (length < 0) length = message.message().length();
    if (message.message().length() != length || !message.message().endsWith("x")) {
      throw new IllegalStateException("message " + count + " is damaged");
    }
    count++;
    characters += length;
  }

  /** The response to a client-streaming call. */
  ChatMessage toMessage() {
    return ChatMessage.numbered(count, Long.toString(characters));
  }

  /** What {@link #toMessage} gives when all have arrived. */
  static ChatMessage of(int count, String text) {
    return ChatMessage.numbered(count, Long.toString((long) count * text.length()));
  }

  /** Throws unless all messages have arrived. */
  void expect(int count, String text) {
    expect(toMessage(), of(count, text));
  }

  static void expect(ChatMessage arrived, ChatMessage expected) {
    if (!expected.equals(arrived)) throw new IllegalStateException(arrived + " arrived instead of " + expected);
  }
}
