import { type CallOptions, type Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from 'testing';

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

/** A field at its default does not travel, and so is not there. */
export interface WordCounts {
  readonly words?: string[];
  readonly counts?: string[];
}
export interface Job {
  readonly id?: string;
  readonly attempt?: number;
  readonly more?: boolean;
  readonly map?: { readonly text?: Buffer; readonly partitions?: number };
  readonly reduce?: { readonly counts?: WordCounts[] };
}
export interface JobReply {
  readonly id?: string | undefined;
  readonly attempt?: number | undefined;
  readonly more?: boolean;
  readonly map?: { readonly partitions?: WordCounts[] };
  readonly reduce?: { readonly counts?: WordCounts };
  readonly failure?: string;
}
export interface JobMessage {
  readonly job?: Job;
  readonly job_reply?: JobReply;
  readonly shutdown?: object;
  readonly shutdown_reply?: { readonly jobs_done?: number };
}

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

  open(options: CallOptions = soon(10_000)): Session {
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
