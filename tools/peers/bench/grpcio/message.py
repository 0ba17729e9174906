"""What is sent: the ChatMessage of the chat example, its number as the name."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# So that all numbers are of one length.
_FIRST_NUMBER = 1_000_000


def _chat_message():
    """The class that protoc would write to a file."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="chat.proto", syntax="proto3")
    message = file.message_type.add(name="ChatMessage")
    for number, name in enumerate(("name", "message"), start=1):
        message.field.add(name=name, number=number, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("ChatMessage"))


ChatMessage = _chat_message()


def numbered(number, text):
    return ChatMessage(name=str(_FIRST_NUMBER + number), message=text)


def number_of(message):
    return int(message.name) - _FIRST_NUMBER


def text_of(size):
    """The text of a message that has so many bytes on the wire."""
    left = size - 10
    return "x" * (left - (3 if left > 16_384 else 2 if left > 128 else 1))


def messages(count, text):
    """So many numbered messages."""
    return (numbered(number, text) for number in range(count))


class Tally:
    """Counts the messages that arrive on one stream; fails at the first one that is out of order or damaged."""

    def __init__(self):
        self.count = 0
        self.characters = 0
        self._length = None

    def add(self, message):
        number = number_of(message)
        if number != self.count:
            raise ValueError(f"message {self.count} is number {number}")
        text = message.message
        if self._length is None:
            self._length = len(text)
        if len(text) != self._length or text[-1] != "x":
            raise ValueError(f"message {number} is damaged")
        self.count += 1
        self.characters += len(text)

    def expect(self, count, text):
        """Fails unless all messages have arrived."""
        if (self.count, self.characters) != (count, count * len(text)):
            raise ValueError(f"{self.count} messages of {count} arrived, {self.characters} characters")

    def to_message(self):
        """The response to a client-streaming call."""
        return numbered(self.count, str(self.characters))
