import type { Context } from '../../context.js';
import { type HandedOver, type JobAhead, jobsAhead, readHandedOver } from '../../store/views/attention/jobs-ahead.js';
import { patiently } from '../patience.js';

/** What a cancellation of many runs comes too late for. */
export type TooLate = HandedOver & {
  /** The first 100 jobs of `startsLater`, in the order of their starts: a person can cancel them at Qiscus until then. */
  jobs: JobAhead[];
};

/** More aren't told: nobody cancels more by hand before the first of them start. */
const mostJobs = 100;

/** What Qiscus has of these runs. */
export async function lookAtTooLate(ctx: Context, runIds: readonly string[]): Promise<TooLate> {
  return patiently(ctx, async () => ({
    ...(await readHandedOver(ctx.db, runIds)),
    jobs: await jobsAhead(ctx.db, runIds, mostJobs),
  }));
}
