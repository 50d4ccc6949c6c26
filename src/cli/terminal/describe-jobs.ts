import { showInstant } from '../../domain/timing/show-instant.js';
import type { JobAhead } from '../../store/views/attention/standing-runs.js';
import { plural, yellow } from './output.js';

/** On a screen; `--json` has all of them. */
const mostShown = 20;

/** What a person has to cancel at Qiscus, as far as that is wanted. @param timeZone whose clock the starts are told by. */
export function describeJobs(jobs: readonly JobAhead[], timeZone?: string): string {
  const lines = jobs
    .slice(0, mostShown)
    .map(
      ({ broadcastJobId, batchId, startedAt, recipients }) =>
        `  ${broadcastJobId === null ? 'a job whose id is not known' : `broadcast job ${broadcastJobId}`}  ${batchId}  starts ${showInstant(startedAt, timeZone)}  ${plural(recipients, 'recipient')}`,
    );
  const more = jobs.length > mostShown ? [`  and ${jobs.length - mostShown} more; see --json`] : [];
  return [yellow('To be cancelled at Qiscus, before they start:'), ...lines, ...more].join('\n');
}
