import type { ResponseGetDataPackageStream } from 'datahub-proto';
import { MessageQueue } from 'grpc-streams';

/** One subscriber of a tag: what waits for it, and who waits for it to catch up. */
export class Subscription {
  /** What goes out to the subscriber. It ends without an error when the hub gives the subscriber up. */
  readonly packages: MessageQueue<ResponseGetDataPackageStream>;
  readonly #patienceMs: number;
  readonly #onLeave: (subscription: Subscription) => void;
  #catchingUp: Promise<void> | undefined;
  #stopWaiting: (() => void) | undefined;

  constructor(capacity: number, patienceMs: number, onLeave: (subscription: Subscription) => void) {
    this.packages = new MessageQueue(capacity, { onEmpty: () => this.#stopWaiting?.() });
    this.#patienceMs = patienceMs;
    this.#onLeave = onLeave;
  }

  /** True from when its queue is full until that is empty. */
  get isBehind(): boolean {
    return this.#catchingUp !== undefined || this.packages.size >= this.packages.capacity;
  }

  /** Waits until the subscriber has taken all that waits for it; if that takes too long, gives it up. */
  caughtUp(): Promise<void> {
    this.#catchingUp ??= new Promise((resolve) => {
      const timer = setTimeout(() => this.#giveUp(), this.#patienceMs);
      this.#stopWaiting = () => {
        clearTimeout(timer);
        this.#catchingUp = undefined;
        resolve();
      };
    });
    return this.#catchingUp;
  }

  /** Nothing is published to it any more; what waits for it stays. */
  leave(): void {
    this.#onLeave(this);
    this.#stopWaiting?.();
  }

  #giveUp(): void {
    this.leave();
    this.packages.end();
  }
}
