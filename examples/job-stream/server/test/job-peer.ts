import { type CallOptions, type Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from '@grpc-by-example/testing';
import { CONTRACT, type JobMessage } from '../../proto/test/contract.mts';

export type Session = Conversation<JobMessage, JobMessage>;

/** A worker on a connection of its own, that knows nothing but the contract. */
export class JobPeer {
  readonly #client: Client & { StreamJobs(options: CallOptions): ClientDuplexStream<JobMessage, JobMessage> };

  /** @param at a port of this machine, or an address */
  constructor(at: number | string) {
    const JobService = peerOf(CONTRACT, 'jobs.JobService');
    // Without this option the workers of one process share a connection.
    const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new JobService(
      /^\d+$/.test(`${at}`) ? `localhost:${at}` : `${at}`,
      credentials.createInsecure(),
      ownConnection,
    ) as never;
  }

  open(options: CallOptions = soon()): Session {
    return new Conversation(this.#client.StreamJobs(options));
  }

  close(): void {
    this.#client.close();
  }
}

/** The next message that a session gets after so many. */
export async function messageAfter(session: Session, count: number): Promise<JobMessage> {
  return (await session.received(count + 1))[count] ?? {};
}
