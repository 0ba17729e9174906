import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerDuplexStream, type StatusObject } from '@grpc/grpc-js';
import { orHangs, peerOf } from '@grpc-by-example/testing';
import { CONTRACT, type JobMessage } from '../../proto/test/contract.mts';

/** A call as plain grpc-js gives it to a stranger's master. */
export type PeerCall = ServerDuplexStream<JobMessage, object>;

/** A session as the master sees it. */
export class PeerSession {
  readonly said: JobMessage[] = [];
  halfClosed = false;
  cancelled = false;
  readonly call: PeerCall;
  readonly #waiting = new Set<() => void>();

  constructor(call: PeerCall) {
    this.call = call;
    call.on('data', (said: JobMessage) => {
      this.said.push(said);
      for (const check of this.#waiting) check();
    });
    call.on('end', () => {
      this.halfClosed = true;
      for (const check of this.#waiting) check();
    });
    call.on('cancelled', () => {
      this.cancelled = true;
    });
  }

  send(...messages: object[]): void {
    for (const message of messages) this.call.write(message);
  }

  /** Waits until the worker has said so many messages, in all, and gives the last of them. */
  async hears(count: number): Promise<JobMessage> {
    await this.#until(() => this.said.length >= count);
    return this.said[count - 1] ?? {};
  }

  async seesHalfClose(): Promise<void> {
    await this.#until(() => this.halfClosed);
  }

  end(): void {
    this.call.end();
  }

  fail({ code, details }: Pick<StatusObject, 'code' | 'details'>): void {
    this.call.emit('error', { code, details });
  }

  async #until(condition: () => boolean): Promise<void> {
    let check = () => {};
    const reached = new Promise<void>((resolve) => {
      check = () => {
        if (condition()) resolve();
      };
      this.#waiting.add(check);
      check();
    });
    await orHangs(reached, () => `${condition} never holds; heard ${JSON.stringify(this.said)}`);
    this.#waiting.delete(check);
  }
}

/** Starts a master that knows nothing but the contract. */
export async function listen(
  onSession: (session: PeerSession) => void,
  port = 0,
): Promise<{ address: string; port: number; stop(): void }> {
  const server = new Server();
  const StreamJobs = (call: PeerCall) => onSession(new PeerSession(call));
  server.addService(peerOf(CONTRACT, 'jobs.JobService').service, { StreamJobs });
  const bind = promisify(server.bindAsync.bind(server));
  const bound = await bind(`127.0.0.1:${port}`, ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${bound}`, port: bound, stop: () => server.forceShutdown() };
}

export const mapJob = (id: string, text: string, attempt = 1) => ({
  job: { id, attempt, map: { text: Buffer.from(text), partitions: 2 } },
});
