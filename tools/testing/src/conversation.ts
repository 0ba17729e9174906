import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';

/** A bidirectional call by plain grpc-js, the way a stranger's client makes it, and all that has come of it so far. */
export class Conversation<Request, Reply> {
  readonly call: ClientDuplexStream<Request, Reply>;
  readonly replies: Reply[] = [];
  /** How the call ended. */
  readonly status: Promise<StatusObject>;

  constructor(call: ClientDuplexStream<Request, Reply>) {
    this.call = call;
    call.on('data', (reply: Reply) => this.replies.push(reply));
    call.on('error', () => {}); // the status tells
    this.status = new Promise((resolve) => call.once('status', resolve));
  }

  send(...messages: Request[]): void {
    for (const message of messages) this.call.write(message);
  }

  /** Waits until so many replies have come, in all, and gives them; rejects when the call ends with fewer. */
  async received(count: number): Promise<Reply[]> {
    const ended = await new Promise<StatusObject | undefined>((resolve) => {
      const onData = () => {
        if (this.replies.length < count) return;
        this.call.off('data', onData);
        resolve(undefined);
      };
      this.call.on('data', onData);
      onData();
      void this.status.then(resolve);
    });
    if (this.replies.length >= count) return this.replies;
    throw new Error(`the call ended after ${this.replies.length} of ${count} replies: ${JSON.stringify(ended)}`);
  }
}
