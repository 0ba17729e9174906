import { type ChatClient, ChatMessage, type StringValue } from 'chat-proto';
import { endedEarly } from 'grpc-program/client';
import { bidiCall } from 'grpc-streams';

/** Sends three messages while it reads the responses and prints them. */
export async function chat(client: ChatClient, print: (line: string) => void): Promise<void> {
  // #region talk
  const call = bidiCall(client.chat());

  const reading = printResponses(call.responses, print);

  const messages = [
    { name: 'Sam', message: 'Hi' },
    { name: 'Ann', message: 'Hey' },
    { name: 'John', message: 'Hello' },
  ];
  for (const { name, message } of messages) {
    await call.send(new ChatMessage().setName(name).setMessage(message));
  }
  call.halfClose();

  if ((await reading) < messages.length) throw endedEarly();
  // #endregion
}

/** Gives how many there were. */
async function printResponses(responses: AsyncIterable<StringValue>, print: (line: string) => void): Promise<number> {
  let count = 0;
  for await (const response of responses) {
    print(response.getValue());
    count += 1;
  }
  return count;
}
