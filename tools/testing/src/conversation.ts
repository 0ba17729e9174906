import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';

/** A bidirectional call by plain grpc-js, the way a stranger's client makes it, and all that has come of it so far. */
export class Conversation<Request, Response> {
  readonly call: ClientDuplexStream<Request, Response>;
  readonly responses: Response[] = [];
  /** How the call ended. */
  readonly status: Promise<StatusObject>;

  constructor(call: ClientDuplexStream<Request, Response>) {
    this.call = call;
    call.on('data', (response: Response) => this.responses.push(response));
    call.on('error', () => {}); // the status tells
    this.status = new Promise((resolve) => call.once('status', resolve));
  }

  send(...messages: Request[]): void {
    for (const message of messages) this.call.write(message);
  }

  /** Waits until so many responses have come, in all, and gives them; rejects when the call ends with fewer. */
  async received(count: number): Promise<Response[]> {
    const ended = await new Promise<StatusObject | undefined>((resolve) => {
      const onData = () => {
        if (this.responses.length < count) return;
        this.call.off('data', onData);
        resolve(undefined);
      };
      this.call.on('data', onData);
      onData();
      void this.status.then(resolve);
    });
    if (this.responses.length >= count) return this.responses;
    throw new Error(`the call ended after ${this.responses.length} of ${count} responses: ${JSON.stringify(ended)}`);
  }
}
