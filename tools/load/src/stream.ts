import { type CallOptions, status } from '@grpc/grpc-js';
import { bidiCall } from 'grpc-streams';
import type { EchoClient, Words } from './echo-service.ts';
import type { Tally } from './tally.ts';

/** One stream of numbered messages, which the server says again; counts itself in the tally of its process. */
export class Stream {
  /** Resolves when the first message is back, or the stream has ended. */
  readonly answered: Promise<void>;
  readonly ended: Promise<void>;
  readonly #call;
  readonly #tally: Tally;
  #sent = 0;
  /** The number of the last message that came back. */
  #received = 0;
  #expected: status = status.OK;

  constructor(client: EchoClient, tally: Tally, options: CallOptions = {}) {
    this.#tally = tally;
    this.#call = bidiCall<Words, Words>(client.talk(options));
    if (options.deadline) this.#expected = status.DEADLINE_EXCEEDED;
    tally.opened += 1;
    let onAnswer = () => {};
    this.answered = new Promise((resolve) => {
      onAnswer = resolve;
    });
    this.ended = this.#read(() => onAnswer()).finally(() => onAnswer());
    this.send();
  }

  send(): void {
    this.#sent += 1;
    this.#tally.sent += 1;
    // It rejects when the call has ended, of which the status tells.
    this.#call.send({ text: `${this.#sent}` }).catch(() => {});
  }

  halfClose(): void {
    this.#call.halfClose();
  }

  cancel(): void {
    this.#expected = status.CANCELLED;
    this.#call.grpcCall.cancel();
  }

  async #read(onAnswer: () => void): Promise<void> {
    try {
      for await (const { text } of this.#call.responses) {
        if (this.#received === 0) {
          this.#tally.accepted += 1;
          onAnswer();
        }
        this.#tally.lost += Math.abs(Number(text) - (this.#received + 1));
        this.#received = Number(text);
      }
    } catch {
      // The status tells.
    }
    const { code } = await this.#call.status;
    const name = status[code];
    this.#tally.ended[name] = (this.#tally.ended[name] ?? 0) + 1;
    if (code !== this.#expected) {
      this.#tally.errors[name] = (this.#tally.errors[name] ?? 0) + 1;
      if (this.#received === 0) this.#tally.refused += 1;
    }
    // Of a stream that ends in order, everything has come back. A cancel or a deadline can overtake the last ones.
    if (code === status.OK) this.#tally.lost += this.#sent - this.#received;
  }
}
