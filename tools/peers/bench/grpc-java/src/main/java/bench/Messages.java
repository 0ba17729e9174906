package bench;

import java.util.Iterator;

/** So many numbered messages. */
final class Messages implements Iterator<ChatMessage> {
  private final int count;
  private final String text;
  private int number;

  Messages(int count, String text) {
    this.count = count;
    this.text = text;
  }

  @Override
  public boolean hasNext() {
    return number < count;
  }

  @Override
  public ChatMessage next() {
    return ChatMessage.numbered(number++, text);
  }
}
