import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { bidiStreaming, statusError } from 'grpc-streams';
import { type IJobServiceServer, JobMessage, Shutdown } from 'job-proto';
import type { Master } from './scheduling/master.ts';
import type { Worker } from './scheduling/worker.ts';

/**
 * A session with each worker that connects. Two tasks share its stream: one sends the worker its assignments, as fast
 * as the worker reads them; the other listens, and never waits for the first.
 *
 * @param starting the master, for which sessions wait
 */
export function jobService(starting: Promise<Master>): IJobServiceServer {
  return {
    // #region send
    streamJobs: bidiStreaming(async function* (messages: AsyncIterable<JobMessage>, context) {
      context.holdHeaders(); // they tell the worker that it is registered; otherwise they would go while this waits
      const master = await starting;
      const worker = master.join();
      context.call.sendMetadata(new Metadata());
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
    // #endregion
  };
}

/**
 * Listens until the worker says goodbye, leaves, or is lost. Never throws.
 *
 * @returns the error that is to end the call, if any
 */
async function listen(
  master: Master,
  worker: Worker,
  messages: AsyncIterable<JobMessage>,
): Promise<ServiceError | undefined> {
  // #region listen
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
    // The server is stopping: nothing more can be heard from the worker, but it can still be told.
    if (error.code === status.UNAVAILABLE) void master.dismissAll();
    else {
      master.leave(worker, error.code === status.INVALID_ARGUMENT ? `is refused: ${error.details}` : 'is lost', error);
      return error;
    }
  }
  // #endregion
  return undefined;
}
