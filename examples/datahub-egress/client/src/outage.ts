import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';

/** How a server that stops, dies, or cannot be reached looks. Any other failure would only happen again. */
const SERVER_IS_AWAY = new Set([status.UNAVAILABLE, status.CANCELLED, status.INTERNAL]);

export const isServerAway = ({ code }: ServiceError): boolean => SERVER_IS_AWAY.has(code);

export interface OutageOptions {
  readonly warn: (line: string) => void;
  /** How long to wait before the first try to subscribe again, and at most: each wait is twice as long. */
  readonly firstWaitMs?: number | undefined;
  readonly longestWaitMs?: number | undefined;
}

/** The time without a server: it is told once, and waited through. */
export class Outage {
  /** Why the last try failed; undefined while there is no outage. */
  reason: ServiceError | undefined;
  readonly #warn: (line: string) => void;
  readonly #firstWaitMs: number;
  readonly #longestWaitMs: number;
  #waitMs: number;

  constructor({ warn, firstWaitMs = 250, longestWaitMs = 5_000 }: OutageOptions) {
    this.#warn = warn;
    this.#firstWaitMs = firstWaitMs;
    this.#longestWaitMs = longestWaitMs;
    this.#waitMs = firstWaitMs;
  }

  /** Waits until it is time for the next try; rejects when the signal fires. */
  async wait(reason: ServiceError, signal: AbortSignal): Promise<void> {
    if (!this.reason) this.#warn(`Lost the server (${status[reason.code]}: ${reason.details}); subscribing again`);
    this.reason = reason;
    // Randomised, so that clients that lost their server together do not all come back together.
    await delay(this.#waitMs * (0.5 + Math.random() / 2), undefined, { signal });
    this.#waitMs = Math.min(2 * this.#waitMs, this.#longestWaitMs);
  }

  end(): void {
    this.reason = undefined;
    this.#waitMs = this.#firstWaitMs;
  }
}
