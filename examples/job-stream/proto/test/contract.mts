/**
 * The contract, as a stranger has it; but where it has the bytes of a message, here is the message, which is the same
 * on the wire.
 */
export const CONTRACT = `
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
  readonly id?: string | undefined;
  readonly attempt?: number | undefined;
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
  readonly shutdown_reply?: { readonly jobs_done?: string };
}
