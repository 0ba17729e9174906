import { type ChatClient, ChatMessage, type StringValue } from 'chat-proto';
import { bidiCall } from 'grpc-streams';

/** The same by async iterators: sends the texts, prints the responses meanwhile, and throws if the call fails. */
export async function chatByIterators(
  client: ChatClient,
  texts: Iterable<string>,
  print: (line: string) => void,
): Promise<void> {
  const call = bidiCall(client.chat());
  await Promise.all([call.sendAll(messages(texts)), printAll(call.responses, print)]);
}

function* messages(texts: Iterable<string>): Generator<ChatMessage> {
  for (const text of texts) yield new ChatMessage().setName('Ann').setMessage(text);
}

async function printAll(responses: AsyncIterable<StringValue>, print: (line: string) => void): Promise<void> {
  for await (const response of responses) print(response.getValue());
}
