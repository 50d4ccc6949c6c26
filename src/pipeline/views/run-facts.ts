import type { Context } from '../../context.js';
import { isOfCampaign } from '../../domain/campaigns/firing-key.js';
import type { CountedDoubt } from '../../domain/recipients/doubts.js';
import { stalledAfterMs } from '../../domain/runs/run.js';
import { approvalsOf, type StandingApproval } from '../../store/approvals.js';
import { type ExtraSend, extraSendsOfRuns } from '../../store/attempts.js';
import { doubtsOfRuns } from '../../store/doubtful-values.js';
import { evidenceOfRuns, type RunEvidence } from '../../store/evidence.js';
import { activeHolds, type HoldView } from '../../store/holds.js';
import { retriesOf, type StoredRetry } from '../../store/retries.js';
import type { RunRow } from '../../store/runs.js';
import { stalledRuns } from '../../store/views/attention/troubled-runs.js';
import { campaignZones } from '../../store/views/firing-views.js';
import { type Resends, resendsOfRuns } from '../../store/views/resending.js';
import { type Law, readLaws } from '../law.js';
import { type MessageResults, resultsOfRuns } from './view-results.js';

/** What is known of a run beside its own row. */
export type RunFacts = Law & {
  /** What holds its account, the oldest first. */
  holds: HoldView[];
  /** `null`: it has none, and the schedule of its campaign has none. */
  timeZone: string | null;
  doubtful: CountedDoubt[];
  hasWaitingBatches: boolean;
  stalledSince: Date | null;
  extraSends: ExtraSend[];
  evidence: RunEvidence | null;
  messages: MessageResults;
  resends: Resends;
  /** Set if it needs an approval above some number of people. */
  approval: StandingApproval | undefined;
  /** What has become of its turn, if it asks to be sent again. */
  retry: StoredRetry | undefined;
};

/** Of each of these runs. Each question is asked of all together. */
export async function readFacts(ctx: Context, runs: readonly RunRow[]): Promise<ReadonlyMap<string, RunFacts>> {
  const { db } = ctx;
  const ids = runs.map(({ id }) => id);
  const laws = await readLaws(ctx, ids);
  const those = (are: (law: Law) => boolean) => ids.filter((id) => are(found(laws, id)));
  const zoned = runs.filter((run) => ownZone(run) === null && isOfCampaign(run)).map(({ id }) => id);
  const holds = await activeHolds(db);
  const zones = await campaignZones(db, zoned);
  const doubts = await doubtsOfRuns(db, ids);
  const stalled = new Map(
    (await stalledRuns(db, stalledAfterMs, those(hasWaiting))).map(({ id, since }) => [id, since]),
  );
  const extraSends = await extraSendsOfRuns(
    db,
    those(({ ledger }) => ledger.extraSends > 0),
  );
  const evidence = await evidenceOfRuns(db, ids);
  const messages = await resultsOfRuns(ctx, ids);
  const resends = await resendsOfRuns(db, ids);
  const approvals = await approvalsOf(db, ids);
  const asking = runs.filter(({ retryAfterFailure }) => retryAfterFailure !== null).map(({ id }) => id);
  const retries = asking.length > 0 ? await retriesOf(db, asking) : undefined;
  const factsOf = (run: RunRow): RunFacts => ({
    ...found(laws, run.id),
    holds: holds.filter(({ account }) => account === run.account),
    timeZone: ownZone(run) ?? zones.get(run.id) ?? null,
    doubtful: doubts.get(run.id) ?? [],
    hasWaitingBatches: hasWaiting(found(laws, run.id)),
    stalledSince: stalled.get(run.id) ?? null,
    extraSends: extraSends.get(run.id) ?? [],
    evidence: evidence.get(run.id) ?? null,
    messages: found(messages, run.id),
    resends: found(resends, run.id),
    retry: retries?.get(run.id),
    approval: approvals.get(run.id),
  });
  return new Map(runs.map((run) => [run.id, factsOf(run)]));
}

function found<T>(facts: ReadonlyMap<string, T>, runId: string): T {
  const fact = facts.get(runId);
  if (fact === undefined) throw new Error(`nothing was read of run ${runId}`);
  return fact;
}

function hasWaiting({ ledger: { batches } }: Law): boolean {
  return batches.pending + batches.uploaded > 0;
}

function ownZone({ timeZone, delivery }: RunRow): string | null {
  return delivery.window?.timeZone ?? timeZone;
}
