import { type ChatClient, ChatMessage, type IChatServer, StringValue } from 'chat-proto';
import type { Answer, Hear } from './talk.ts';

/** Answers each message as it comes. */
export const handlers = (answer: Answer): IChatServer => ({
  chat(call) {
    call.on('data', (message: ChatMessage) => {
      try {
        call.write(new StringValue().setValue(answer(message.getMessage())));
      } catch (error) {
        call.emit('error', error);
      }
    });
    call.on('end', () => call.end());
  },
});

/** Sends the texts, and reads until it has heard enough. */
export async function talk(client: ChatClient, texts: readonly string[], hear: Hear): Promise<void> {
  const call = client.chat();
  for (const text of texts) call.write(new ChatMessage().setName('Ann').setMessage(text));
  call.end();
  for await (const reply of call) {
    if (!(await hear((reply as StringValue).getValue()))) break;
  }
}
