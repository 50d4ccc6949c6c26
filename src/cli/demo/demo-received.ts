import type { Accepted } from '../../sandbox/accepted.js';
import { count, plural } from '../terminal/output.js';

/** What the sandbox has of one run. */
export type Received = { jobs: number; recipients: number; mostPerNumber: number };

/** Of this run only: an earlier demo that was interrupted may have gone out just now too. */
export function receivedOf(accepted: Accepted, runId: string): Received {
  const jobs = accepted.jobs().filter((job) => job.name.startsWith(`[${runId}-`));
  const perNumber = new Map<string, number>();
  for (const job of jobs) {
    for (const number of numbersIn(accepted.fileText(job.broadcastFileId ?? 0)?.bytes)) {
      perNumber.set(number, (perNumber.get(number) ?? 0) + 1);
    }
  }
  return {
    jobs: jobs.length,
    recipients: jobs.reduce((sum, job) => sum + job.recipients, 0),
    mostPerNumber: Math.max(0, ...perNumber.values()),
  };
}

/** Says what isn't as it has to be: each of the run's recipients once. Undefined: it is. */
export function faultIn({ recipients, mostPerNumber }: Received, wanted: number): string | undefined {
  if (recipients === wanted && mostPerNumber === 1) return undefined;
  const asked = `the sandbox was asked for ${plural(recipients, 'message')} to ${plural(wanted, 'recipient')}`;
  return `${asked}, and ${count(mostPerNumber)} of them to one number; each has to get one.`;
}

/** The example's first column is the number, and none of its values has a line break. */
function numbersIn(csv: Uint8Array | undefined): string[] {
  const lines = Buffer.from(csv ?? [])
    .toString('utf8')
    .trim()
    .split('\n');
  return lines.slice(1).map((line) => line.split(',', 1)[0] ?? '');
}
