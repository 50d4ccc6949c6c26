import { showInstant } from '../../domain/timing/show-instant.js';
import type { Share } from '../../pipeline/operating/pause.js';
import type { JobAhead } from '../../store/views/attention/jobs-ahead.js';
import { plural, yellow } from './output.js';

/** On a screen; `--json` has more of them. */
const mostShown = 20;

/** How jobs are shown. */
type How = {
  /** Whose clock tells the starts. */
  timeZone?: string | undefined;
  /** They are of several runs: each is shown with the name of its own. */
  namesRuns?: boolean;
  /** At most so many of them. Default: 20. */
  most?: number;
  /** How many there are, if there are more than `jobs`. */
  of?: number;
};

/** What a person has to cancel at Qiscus, as far as that is wanted. */
export function describeJobs(jobs: readonly JobAhead[], how: How = {}): string {
  const { timeZone, namesRuns = false, most = mostShown, of = jobs.length } = how;
  const shown = jobs.slice(0, most);
  const lines = shown.map(({ broadcastJobId, batchId, runName, startedAt, recipients }) => {
    const job = broadcastJobId === null ? 'a job whose id is not known' : `broadcast job ${broadcastJobId}`;
    const starts = `starts ${showInstant(startedAt, timeZone)}`;
    return `  ${[job, batchId, starts, plural(recipients, 'recipient'), ...(namesRuns ? [runName] : [])].join('  ')}`;
  });
  const where = jobs.length > shown.length ? 'see --json' : 'see siaran batches RUN';
  const more = of > shown.length ? [`  and ${of - shown.length} more; ${where}`] : [];
  return [yellow('To be cancelled at Qiscus, before they start:'), ...lines, ...more].join('\n');
}

/** How many people, in how many batches. */
export function describeShare({ batches, recipients }: Share): string {
  return `${plural(recipients, 'recipient')} in ${plural(batches, 'batch', 'batches')}`;
}
