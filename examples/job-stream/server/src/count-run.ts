import type { IJobServiceServer } from 'job-proto';
import { WordCountJobs } from './counting/jobs.ts';
import { fingerprint, type Plan } from './counting/plan.ts';
import { type Summary, writeResult } from './counting/result.ts';
import { checkUnchanged } from './counting/text-file.ts';
import { jobService } from './job-service.ts';
import { Journal } from './journal/journal.ts';
import { Master, type MasterOptions } from './scheduling/master.ts';

export interface CountRun {
  readonly service: IJobServiceServer;
  /** What was counted, once the result file is complete; rejects when the run fails. */
  readonly summary: Promise<Summary>;
  /** Sends the workers home; resolves when they are gone. */
  dismissWorkers(): Promise<void>;
  /** Ends the run where it is, and says so if it is unfinished; finished jobs stay in the journal. */
  stop(): Promise<void>;
}

export interface CountOptions extends MasterOptions {
  /** The file for the result; the journal is beside it until the result is there. */
  readonly output: string;
  /** Discards what an interrupted run has done. */
  readonly fresh?: boolean;
}

/** Counts the words of the planned texts with the workers that connect to the service. */
export function startCount(plan: Plan, { output, fresh = false, ...options }: CountOptions): CountRun {
  const opening = Journal.open(`${output}.journal`, fingerprint(plan), { fresh });
  const starting = opening.then((journal) => {
    const { size } = journal.done;
    if (journal.wasDamaged) options.log('a part of the journal is damaged, and is done again');
    if (size > 0) options.log(`resuming an interrupted run; ${size} jobs are done`);
    return new Master(new WordCountJobs(plan, journal), options);
  });

  async function count(): Promise<Summary> {
    const [journal, master] = [await opening, await starting];
    await master.done;
    for (const file of plan.files) await checkUnchanged(file);
    const summary = await writeResult(journal, plan.partitions, output);
    await journal.drop();
    return summary;
  }

  async function stop({ progress: { done, total } }: Master): Promise<void> {
    await (await opening).close();
    if (done > 0 && done < total)
      options.log(`${done} of ${total} jobs are done; run the same command again to do the rest`);
  }

  const summary = count();
  summary.catch(() => {}); // whoever waits for it may come later
  return {
    service: jobService(starting),
    summary,
    dismissWorkers: () => starting.then((master) => master.dismissAll(), ignore),
    stop: () => starting.then(stop, ignore),
  };
}

/** The journal could not be opened; the summary rejects with the reason. */
function ignore(): void {}
