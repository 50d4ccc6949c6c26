import type { Context } from '../../context.js';
import { firingKey } from '../../domain/campaigns/firing-key.js';
import { type FiringSchedule, isOccurrence, whySkipped } from '../../domain/schedules/schedule.js';
import { SiaranError } from '../../errors.js';
import type { CampaignRow } from '../../store/campaigns.js';
import { withdrawRun } from '../../store/cancel-runs.js';
import { replaceRun } from '../../store/firings.js';
import type { Sql } from '../../store/postgres/sql.js';
import { lockRunState, pauseRun } from '../../store/runs.js';
import { type JobAhead, jobsAhead } from '../../store/views/attention/jobs-ahead.js';
import { type StandingRun, standingRuns } from '../../store/views/attention/standing-runs.js';
import { requireFiringSchedule } from '../firing-schedule.js';
import { createFiringRun } from './fire.js';

/** An instant of a campaign that was fired anew. */
export type Redone = {
  /** The instant, ISO 8601 in UTC. */
  at: string;
  /** The run that was cancelled for it. */
  replacedRunId: string;
  /** The run that it has now; `null`: it isn't fired, as the new schedule doesn't have this instant, or skips its date. */
  runId: string | null;
};

/**
 * Fires again what is fired of a campaign and reached nobody yet: each such run is cancelled, and its instant gets another one. A run of
 * which a person may have been messaged is left as it is. Call it under the campaign's lock.
 * @throws {SiaranError} `TOO_LATE_TO_REDO` when all that still goes out is handed over; `CALENDAR_UNKNOWN`.
 */
export async function redoRuns(ctx: Context, tx: Sql, campaign: CampaignRow): Promise<Redone[]> {
  const schedule = requireFiringSchedule(ctx, campaign);
  const standing = await standingRuns(tx, campaign.id);
  const redone: Redone[] = [];
  for (const run of standing) if (await withdraw(tx, run)) redone.push(await fireAnew(tx, { campaign, schedule, run }));
  const kept = standing.filter(
    (run) => run.goesOut && !redone.some(({ replacedRunId }) => replacedRunId === run.runId),
  );
  if (redone.length === 0 && kept.length > 0) throw await tooLate(tx, campaign, kept);
  return redone;
}

/** Claims wait for the lock: whether anything of the run is out can't change any more until this commits. */
async function withdraw(tx: Sql, { runId }: StandingRun): Promise<boolean> {
  await lockRunState(tx, runId);
  return withdrawRun(tx, runId);
}

function whyNot(schedule: FiringSchedule, at: Date, version: number): string {
  const skipped = whySkipped(schedule, at);
  return skipped === null
    ? `the schedule of version ${version} doesn't have this instant`
    : `its date is skipped (${skipped})`;
}

type Refired = { campaign: CampaignRow; schedule: FiringSchedule; run: StandingRun };

async function fireAnew(tx: Sql, { campaign, schedule, run }: Refired): Promise<Redone> {
  const { at, runId: replacedRunId, startAt } = run;
  const { version } = campaign;
  // What an operator fired by hand has no start and belongs to no instant of the schedule.
  if (startAt !== null && !isOccurrence(schedule, at)) {
    const reason = `run ${replacedRunId} was cancelled, as ${whyNot(schedule, at, version)}`;
    await replaceRun(tx, run, { version, runId: null, reason });
    return { at: at.toISOString(), replacedRunId, runId: null };
  }
  const key = firingKey(campaign.id, at, run.replaced + 1);
  const created = await createFiringRun(tx, campaign, key, startAt);
  if (!created) throw new Error(`campaign ${campaign.name}: the key ${key} is taken`);
  if (run.pausedAt) await pauseRun(tx, created.id);
  await replaceRun(tx, run, { version, runId: created.id, reason: null });
  return { at: at.toISOString(), replacedRunId, runId: created.id };
}

/**
 * Refuses to move the single instant of a campaign while what was fired for it still goes out: its people would be messaged again at
 * the new one. Call it under the campaign's lock, after whatever was to be fired anew.
 * @param redone what was fired anew with the change.
 * @throws {SiaranError} `STILL_GOES_OUT`
 */
export async function refuseToMove(tx: Sql, { id, name }: CampaignRow, redone: readonly Redone[]): Promise<void> {
  const runs = (await standingRuns(tx, id)).filter(
    // What was fired by hand has no start and belongs to no instant of the schedule. An operator who cancelled a run was told then what to cancel at Qiscus.
    (run) =>
      run.goesOut && run.startAt !== null && !run.isCancelled && !redone.some(({ runId }) => runId === run.runId),
  );
  if (runs.length === 0) return;
  const ids = runs.map(({ runId }) => runId);
  const each = runs.map(
    ({ runId, startsAt }) => `run ${runId}, which starts ${startsAt === null ? 'at once' : startsAt.toISOString()}`,
  );
  const jobs = await jobsAhead(tx, ids);
  throw new SiaranError(
    'STILL_GOES_OUT',
    `Nothing was changed: campaign ${JSON.stringify(name)} has already fired for its instant, and the same people would be messaged ` +
      `again at the new one: ${each.join('; ')}. Use redo (--redo), which cancels what isn't handed over, or cancel it first: ` +
      `${ids.map((runId) => `siaran cancel ${runId}`).join(', ')}.${jobs.length === 0 ? '' : ` ${describeJobs(jobs)}`}`,
  );
}

async function tooLate(tx: Sql, { name }: CampaignRow, runs: readonly StandingRun[]): Promise<SiaranError> {
  const each = runs.map(({ runId, recipients }) => `run ${runId} with ${recipients} recipients`).join(', ');
  const jobs = await jobsAhead(
    tx,
    runs.map(({ runId }) => runId),
  );
  return new SiaranError(
    'TOO_LATE_TO_REDO',
    `Nothing was changed: what campaign ${JSON.stringify(name)} has fired is handed over or being sent, and can't be fired again: ${each}. ` +
      `${describeJobs(jobs)} Without redo, the change counts from the next firing on.`,
  );
}

const mostNamed = 20;

function describeJobs(jobs: readonly JobAhead[]): string {
  if (jobs.length === 0) return 'None of it can be called back.';
  const named = jobs
    .slice(0, mostNamed)
    .map(
      ({ broadcastJobId, batchId, startedAt }) => `${broadcastJobId ?? 'one'} of ${batchId}, which starts ${startedAt}`,
    );
  const more = jobs.length > mostNamed ? `; and ${jobs.length - mostNamed} more` : '';
  return `It can only be cancelled at Qiscus, before it starts: broadcast job ${named.join('; ')}${more}.`;
}
