import { type Job, JobReply } from 'job-proto';

/** Does a job, and gives the messages of the reply, each with the name of the job. A job that throws is a failure. */
export async function replyTo(
  parts: readonly Job[],
  perform: (parts: readonly Job[]) => JobReply[] | Promise<JobReply[]>,
): Promise<JobReply[]> {
  const [job] = parts;
  let replies: JobReply[];
  try {
    replies = await perform(parts);
  } catch (error) {
    replies = [new JobReply().setFailure(error instanceof Error ? error.message : String(error))];
  }
  for (const [index, reply] of replies.entries()) {
    reply
      .setId(job?.getId() ?? '')
      .setAttempt(job?.getAttempt() ?? 0)
      .setMore(index < replies.length - 1);
  }
  return replies;
}
