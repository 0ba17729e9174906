import { status } from '@grpc/grpc-js';
import { type ChatMessage, type IChatServer, StringValue } from 'chat-proto';

/** The chat in plain grpc-js. What `answer` throws becomes the status of the call. */
export function chatByEvents(answer: (message: ChatMessage) => string): IChatServer {
  return {
    chat(call) {
      call.on('data', (message: ChatMessage) => {
        try {
          const more = call.write(new StringValue().setValue(answer(message)));
          if (!more) call.pause(); // guard: pause
        } catch (error) {
          call.emit('error', toStatus(error)); // guard: emit
        }
      });
      call.on('drain', () => call.resume()); // guard: resume
      call.on('end', () => call.end()); // guard: end
    },
  };
}

function toStatus(error: unknown): object {
  if (error instanceof Error && 'code' in error && 'details' in error) return error;
  console.error(error);
  return { code: status.UNKNOWN, details: 'the server failed while handling this call' };
}
