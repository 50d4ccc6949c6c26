import type { Context } from '../context.js';
import { type BatchCounts, type RunOutcome, type RunStatus, runOutcome, runStatus } from '../domain/run.js';
import { type ExtraSend, extraSendsOf } from '../store/attempts.js';
import { activeHolds, type HoldView } from '../store/holds.js';
import { type RunRow, stalledRuns } from '../store/runs.js';
import { readLaw } from './law.js';
import { stalledAfterMs } from './reconcile.js';
import { requireRun } from './start-run.js';

/** A run as it stands. Instants are ISO 8601 in UTC; counts are recipients or batches, as named. */
export type RunView = {
  id: string;
  key: string | null;
  name: string;
  status: RunStatus;
  /** How a finished run ended; `null` before. */
  outcome: RunOutcome | null;
  /** Why the run's account may not send at the moment. */
  held: Omit<HoldView, 'account'> | null;
  startAt: string | null;
  /** When its recipients' numbers and values were removed. */
  purgedAt: string | null;
  templateDetailId: number;
  recipients: BatchCounts & {
    enqueued: number;
    buffered: number;
    duplicates: number;
    suppressed: number;
    rejected: number;
    /** What the producers said they had enqueued; `missing`: what of it Redis lost. */
    promised: number;
    missing: number;
  };
  batches: BatchCounts;
  /** Since when a run with batches to deliver has got nowhere, although nothing holds it. */
  stalledSince: string | null;
  /** Producers that are at work, or died: enqueueing again under the same source settles them. */
  unclosedIntakes: number;
  /** Sends that were accepted although their batch had been settled otherwise: cancel them at Qiscus before they start. */
  extraSends: ExtraSend[];
  /** Broadcast jobs whose `total_recipient` isn't their batch's size; `verify` names them. */
  wrongTotals: number;
};

/** @throws {NotFoundError} */
export async function viewRun(ctx: Context, id: string): Promise<RunView> {
  const run = await requireRun(ctx, id);
  return viewRow(ctx, run);
}

async function viewRow(ctx: Context, run: RunRow): Promise<RunView> {
  const { totals, ledger } = await readLaw(ctx, run.id);
  const hold = (await activeHolds(ctx.db, run.account))[0];
  const waiting = ledger.batches.pending + ledger.batches.uploaded > 0;
  const status = runStatus(run, ledger.batches, totals.buffered);
  // What was cancelled after everything had been handed over was delivered all the same.
  const cancelledInTime = run.cancelledAt !== null && (ledger.batches.cancelled > 0 || run.sealedAt === null);
  const concerns = {
    missing: totals.missing,
    unclosed: totals.unclosed,
    extraSends: ledger.extraSends,
    wrongTotals: ledger.wrongTotals,
  };
  const { enqueued, buffered, duplicates, promised, missing } = totals;
  return {
    id: run.id,
    key: run.key,
    name: run.name,
    status,
    outcome: status === 'finished' ? runOutcome(ledger.batches, concerns, cancelledInTime) : null,
    held: hold ? { kind: hold.kind, reason: hold.reason, heldAt: hold.heldAt, until: hold.until } : null,
    startAt: run.startAt?.toISOString() ?? null,
    purgedAt: run.purgedAt?.toISOString() ?? null,
    templateDetailId: run.templateDetailId,
    recipients: {
      enqueued,
      buffered,
      ...ledger.recipients,
      duplicates,
      suppressed: 0,
      rejected: ledger.rejected,
      promised,
      missing,
    },
    batches: ledger.batches,
    stalledSince: waiting ? await stalledSince(ctx, run.id) : null,
    unclosedIntakes: totals.unclosed,
    extraSends: ledger.extraSends > 0 ? await extraSendsOf(ctx.db, run.id) : [],
    wrongTotals: ledger.wrongTotals,
  };
}

async function stalledSince(ctx: Context, runId: string): Promise<string | null> {
  const stalled = await stalledRuns(ctx.db, stalledAfterMs, runId);
  return stalled[0]?.since.toISOString() ?? null;
}
