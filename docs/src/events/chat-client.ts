import type { ServiceError } from '@grpc/grpc-js';
import { type ChatClient, ChatMessage, type StringValue } from 'chat-proto';

/** Sends the texts, prints the responses meanwhile, and calls back once, however the call ends. */
export function chatByEvents(
  client: ChatClient,
  texts: Iterator<string>,
  print: (line: string) => void,
  done: (error: Error | null) => void,
): void {
  const call = client.chat();
  let failure: Error | null = null;

  call.on('data', (response: StringValue) => {
    try {
      if (!failure) print(response.getValue());
    } catch (error) {
      failure = error as Error;
      call.cancel(); // guard: cancel
    }
  });
  call.on('error', fail); // guard: error
  call.on('end', () => done(failure));

  function fail(error: ServiceError): void {
    failure ??= error; // guard: failure
  }
  function send(): void {
    for (let more = true; more; ) {
      const text = texts.next();
      if (text.done) {
        call.end(); // guard: half-close
        return;
      }
      more = call.write(new ChatMessage().setName('Ann').setMessage(text.value)); // guard: wait
    }
    call.once('drain', send); // guard: drain
  }
  send();
}
