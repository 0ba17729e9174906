import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { bidiStreaming, statusError } from 'grpc-streams';
import { type IJobServiceServer, JobMessage, Shutdown } from 'job-proto';
import type { Master, Worker } from './master.ts';

/**
 * A session with each worker that connects. Two tasks share its stream: one sends what the worker is assigned, at the
 * pace at which the worker reads; the other one listens, and never waits for the first.
 *
 * @param starting sessions wait for their master
 */
export function jobService(starting: Promise<Master>): IJobServiceServer {
  return {
    streamJobs: bidiStreaming(async function* (messages: AsyncIterable<JobMessage>, { call }) {
      const master = await starting;
      const worker = master.join();
      // The worker learns from the headers that it is registered; they would go with the first job else.
      call.sendMetadata(new Metadata());
      const listening = listen(master, worker, messages);
      try {
        for await (const assignment of worker.assignments) {
          for await (const job of master.messages(worker, assignment)) yield new JobMessage().setJob(job);
        }
        if (worker.left) return;
        yield new JobMessage().setShutdown(new Shutdown());
        const error = await listening;
        if (error) throw error;
      } finally {
        master.leave(worker, 'is gone');
      }
    }),
  };
}

/** Listens until the worker says goodbye, leaves, or is lost. Gives what is to end the call, and throws nothing. */
async function listen(
  master: Master,
  worker: Worker,
  messages: AsyncIterable<JobMessage>,
): Promise<ServiceError | undefined> {
  try {
    for await (const message of messages) {
      const reply = message.getJobReply();
      const goodbye = message.getShutdownReply();
      if (reply) await master.hear(worker, reply);
      else if (goodbye && master.isDismissing) return master.hearGoodbye(worker, goodbye);
      else throw statusError(status.INVALID_ARGUMENT, 'a worker sends job_reply, and shutdown_reply after shutdown');
    }
    master.leave(worker, 'has left');
  } catch (thrown) {
    const error = thrown as ServiceError;
    // The server stops: nothing more can be heard, but the worker can be told.
    if (error.code === status.UNAVAILABLE) void master.dismissAll();
    else {
      master.leave(worker, error.code === status.INVALID_ARGUMENT ? `is refused: ${error.details}` : 'is lost', error);
      return error;
    }
  }
  return undefined;
}
