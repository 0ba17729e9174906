import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerDuplexStream, type StatusObject } from '@grpc/grpc-js';
import { peerOf } from 'testing';

/**
 * The contract, as a stranger has it; but where it has the bytes of a message, here is the message, which is the same
 * on the wire.
 */
const CONTRACT = `
  syntax = "proto3";
  package jobs;
  service JobService { rpc StreamJobs (stream JobMessage) returns (stream JobMessage); }
  message JobMessage {
    oneof message { Job job = 1; JobReply job_reply = 2; Shutdown shutdown = 3; ShutdownReply shutdown_reply = 4; }
  }
  message Job {
    string id = 1; int32 attempt = 2; bool more = 3;
    oneof work { MapJob map = 4; ReduceJob reduce = 5; }
  }
  message MapJob { bytes text = 1; int32 partitions = 2; }
  message ReduceJob { repeated WordCounts counts = 1; }
  message JobReply {
    string id = 1; int32 attempt = 2; bool more = 3;
    oneof outcome { MapResult map = 4; ReduceResult reduce = 5; string failure = 6; }
  }
  message MapResult { repeated WordCounts partitions = 1; }
  message ReduceResult { WordCounts counts = 1; }
  message WordCounts { repeated string words = 1; repeated int64 counts = 2; }
  message Shutdown {}
  message ShutdownReply { int64 jobs_done = 1; }
`;

export interface WordCounts {
  readonly words?: string[];
  readonly counts?: string[];
}

/** What a worker says; a field at its default does not travel, and so is not there. */
export interface Said {
  readonly job?: object;
  readonly job_reply?: {
    readonly id?: string;
    readonly attempt?: number;
    readonly more?: boolean;
    readonly map?: { readonly partitions?: WordCounts[] };
    readonly reduce?: { readonly counts?: WordCounts };
    readonly failure?: string;
  };
  readonly shutdown_reply?: { readonly jobs_done?: string };
}

/** A call as plain grpc-js gives it to a stranger's master. */
export type PeerCall = ServerDuplexStream<Said, object>;

/** A session as the master sees it. */
export class PeerSession {
  readonly said: Said[] = [];
  halfClosed = false;
  cancelled = false;
  readonly call: PeerCall;
  readonly #waiting = new Set<() => void>();

  constructor(call: PeerCall) {
    this.call = call;
    call.on('data', (said: Said) => {
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
  async hears(count: number): Promise<Said> {
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

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`not within 10 s: ${condition}; heard ${JSON.stringify(this.said)}`));
      }, 10_000);
      const check = () => {
        if (!condition()) return;
        clearTimeout(late);
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
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
