import { status } from '@grpc/grpc-js';
import { bidiCall, statusError } from 'grpc-streams';
import { type Job, JobMessage, type JobReply, type JobServiceClient, ShutdownReply } from 'job-proto';
import { doJob } from './do-job.ts';
import { replyTo } from './reply-to.ts';

export interface WorkOptions {
  readonly print: (line: string) => void;
  /** Called when the master has registered this worker. */
  readonly onRegistered: () => void;
  /** When it fires, the worker finishes the job in its hands, replies, and leaves. */
  readonly interrupted: AbortSignal;
  /** Does a job, in place of {@link doJob}. */
  readonly perform?: (parts: readonly Job[]) => JobReply[] | Promise<JobReply[]>;
}

/**
 * One session with a master: does the jobs that come, one at a time.
 *
 * @returns true when the worker is done: it was shut down, or it left; false when the master ended the session early
 * @throws ServiceError when the session fails
 */
export async function work(
  client: JobServiceClient,
  { print, onRegistered, interrupted, perform = doJob }: WorkOptions,
): Promise<boolean> {
  const call = bidiCall(client.streamJobs());
  void call.headers.then(onRegistered, () => {}); // a failure shows in the status
  /** The messages of the job in hand. */
  const parts: Job[] = [];
  let jobsDone = 0;
  let leaving = false;

  function leave(): void {
    leaving = true;
    call.halfClose();
  }
  const leaveWhenIdle = () => {
    if (parts.length === 0) leave();
  };
  interrupted.addEventListener('abort', leaveWhenIdle);

  // #region session
  try {
    for await (const message of call.responses) {
      const job = message.getJob();
      // A job that crosses our half-close goes to another worker.
      if (leaving) continue;
      if (job) {
        parts.push(job);
        if (job.getMore()) continue;
        const replies = await replyTo(parts, perform);
        for (const reply of replies) await call.send(new JobMessage().setJobReply(reply));
        print(`${replies[0]?.hasFailure() ? 'failed' : 'did'} ${job.getId()}`);
        parts.length = 0;
        jobsDone += 1;
        if (interrupted.aborted) leave();
      } else if (message.hasShutdown()) {
        await call.send(new JobMessage().setShutdownReply(new ShutdownReply().setJobsDone(jobsDone)));
        print(`shut down after ${jobsDone} ${jobsDone === 1 ? 'job' : 'jobs'}`);
        leave();
      } else {
        throw statusError(
          status.INVALID_ARGUMENT,
          'the master sent a message that only a worker may send, or an empty one',
        );
      }
    }
  } catch (error) {
    // What happens to the stream after our last message does not matter.
    if (!leaving) throw error;
  } finally {
    interrupted.removeEventListener('abort', leaveWhenIdle);
  }
  // #endregion
  return leaving;
}
