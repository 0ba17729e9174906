package bench;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The ChatMessage of the chat example, its number as the name. */
record ChatMessage(String name, String message) {
  /** So that all numbers are of one length. */
  private static final int FIRST_NUMBER = 1_000_000;

  private static final int NAME = 1;
  private static final int MESSAGE = 2;
  private static final int TYPE_BITS = 3;

  static ChatMessage numbered(int number, String text) {
    return new ChatMessage(Integer.toString(FIRST_NUMBER + number), text);
  }

  int number() {
    return Integer.parseInt(name) - FIRST_NUMBER;
  }

  /** The text of a message that has so many bytes on the wire. */
  static String textOf(int size) {
    int left = size - 10;
    return "x".repeat(left - (left > 16_384 ? 3 : left > 128 ? 2 : 1));
  }

  /** Reads and writes as generated code does, which has each message as an array of bytes as well. */
  static final MethodDescriptor.Marshaller<ChatMessage> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(ChatMessage message) {
          int size =
              CodedOutputStream.computeStringSize(NAME, message.name)
                  + CodedOutputStream.computeStringSize(MESSAGE, message.message);
          byte[] bytes = new byte[size];
          CodedOutputStream output = CodedOutputStream.newInstance(bytes);
          try {
            output.writeString(NAME, message.name);
            output.writeString(MESSAGE, message.message);
          } catch (IOException error) {
            throw new UncheckedIOException(error);
          }
          return new ByteArrayInputStream(bytes);
        }

        @Override
        public ChatMessage parse(InputStream stream) {
          String name = "";
          String message = "";
          try {
            CodedInputStream input = CodedInputStream.newInstance(stream.readNBytes(stream.available()));
            for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
              switch (tag >> TYPE_BITS) {
                case NAME -> name = input.readStringRequireUtf8();
                case MESSAGE -> message = input.readStringRequireUtf8();
                default -> input.skipField(tag);
              }
            }
          } catch (IOException error) {
            throw new UncheckedIOException(error);
          }
          return new ChatMessage(name, message);
        }
      };
}
