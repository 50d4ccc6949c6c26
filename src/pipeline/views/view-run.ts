import type { Context } from '../../context.js';
import { approvalReason } from '../../domain/approval/approval.js';
import type { Delivery } from '../../domain/delivery/delivery.js';
import type { CountedDoubt } from '../../domain/recipients/doubts.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { RetryAfterFailure } from '../../domain/resending/retry-after-failure.js';
import { isUnclosed } from '../../domain/runs/law.js';
import {
  type BatchCounts,
  type RunHoldKind,
  type RunOutcome,
  type RunStatus,
  runOutcome,
  runStatus,
} from '../../domain/runs/run.js';
import { NotFoundError } from '../../errors.js';
import type { StandingApproval } from '../../store/approvals.js';
import type { ExtraSend } from '../../store/attempts.js';
import type { RunEvidence } from '../../store/evidence.js';
import type { HoldKind, HoldView } from '../../store/holds.js';
import { findRuns, type RunRow } from '../../store/runs.js';
import type { Resends } from '../../store/views/resending.js';
import { type RunFacts, readFacts } from './run-facts.js';
import type { MessageResults } from './view-results.js';
import { type RetryView, viewRetry } from './view-retry.js';

/** Why nothing of a run goes out at the moment. */
export type RunHoldView = Omit<HoldView, 'id' | 'account' | 'kind'> & {
  /** Which hold it is: the run's own, or its account's. */
  kind: HoldKind | RunHoldKind;
};

/** Above how many people a run needs an approval, and who has given it. */
export type RunApproval = {
  /** With more people than this it needs one; 0: always. */
  above: number;
  /** Whether nothing goes out before somebody approves it as it is. */
  waits: boolean;
  /** Who started it: somebody else approves it. */
  startedBy: string | null;
  /** Who approved it last, whatever has changed since; `null`: nobody. */
  approvedBy: string | null;
  /** When, ISO 8601 in UTC. */
  approvedAt: string | null;
};

/** A run as it stands. Instants are ISO 8601 in UTC; counts are recipients or batches, as named. */
export type RunView = {
  /** The run's id. */
  id: string;
  /** The key that it was started with. */
  key: string | null;
  /** The broadcast's name at Qiscus. */
  name: string;
  /** The Qiscus account that it goes out through. */
  account: string;
  /** What it is doing. */
  status: RunStatus;
  /** How a finished run ended; `null` before. */
  outcome: RunOutcome | null;
  /** What keeps it from sending at the moment: the run's own hold, or its account's. */
  held: RunHoldView | null;
  /** Whether somebody has to approve it; `null`: nobody, however many are in it. */
  approval: RunApproval | null;
  /** Why the run was given up before anything went out. */
  failure: string | null;
  /** When it is to start, as it was asked for; `null`: at once. */
  startAt: string | null;
  /** When the first of what is handed over starts, as long as none has: Qiscus messages nobody before. */
  startsAt: string | null;
  /** When the last of what is handed over starts, as long as that lies ahead. */
  lastStartsAt: string | null;
  /** The time zone that its times are shown in: that of its window or start, else of its campaign's schedule. */
  timeZone: string | null;
  /** Pace, window and limits; what isn't set is `null`. Durations in milliseconds. */
  delivery: Delivery;
  /** Until when uploaded batches wait, as the next one would start too far ahead. */
  handOverAt: string | null;
  /** When its recipients' numbers and values were removed. */
  purgedAt: string | null;
  /** The template's id at Qiscus. */
  templateDetailId: number;
  /** What becomes of rows with values that WhatsApp refuses. */
  values: ValuePolicy;
  /** How many rows may be rejected, as `250` or `1%`; `null`: any number. */
  maxRejected: string | null;
  /** Whom workers send to again once it has ended, and when; `null`: nobody. */
  retryAfterFailure: RetryAfterFailure | null;
  /** What becomes of that. */
  retry: RetryView | null;
  /** Values that look like a mistake and are sent all the same; the most frequent come first. */
  doubtful: CountedDoubt[];
  /** How many recipients it has: those in batches by their batch's status, and the others. */
  recipients: BatchCounts & {
    /** All that were enqueued, wherever they are now: buffered, in batches, duplicates or suppressed. */
    enqueued: number;
    /** Those in no batch yet: no worker has cut them. */
    buffered: number;
    /** Those whose number was in the run before; they are left out. */
    duplicates: number;
    /** Those whose number is on the suppression list; they are left out. */
    suppressed: number;
    /** Rows that can't be sent; they aren't among those enqueued. */
    rejected: number;
    /** Those that producers said they had enqueued. */
    promised: number;
    /** Those that were promised and that Redis lost: enqueue the same recipients again under the same source. */
    missing: number;
  };
  /** How many batches it has, by status. */
  batches: BatchCounts;
  /** Since when a run with batches to deliver has got nowhere, although nothing holds it. */
  stalledSince: string | null;
  /** Producers that are at work, or died: enqueueing again under the same source settles them. */
  unclosedIntakes: number;
  /** The names of their sources. `closeSource` settles one whose producer died for good. */
  unclosedSources: string[];
  /** Sends that were accepted although their batch had been settled otherwise: cancel them at Qiscus before they start. */
  extraSends: ExtraSend[];
  /** Broadcast jobs whose `total_recipient` isn't their batch's size; `verify` names them. */
  wrongTotals: number;
  /** What callbacks tell of its batches without a clear answer; `null`: nothing. */
  evidence: RunEvidence | null;
  /** What became of its messages, as far as callbacks and answers tell. */
  messages: MessageResults;
} & Resends;

/** @throws {NotFoundError} */
export async function viewRun(ctx: Context, id: string): Promise<RunView> {
  const [view] = await viewRuns(ctx, [id]);
  return view as RunView;
}

/** Several runs, in the order of their ids. Postgres is asked as often as for one of them. @throws {NotFoundError} */
export async function viewRuns(ctx: Context, ids: readonly string[]): Promise<RunView[]> {
  if (ids.length === 0) return [];
  const runs = await findRuns(ctx.db, ids);
  const found = new Set(runs.map(({ id }) => id));
  for (const id of ids) if (!found.has(id)) throw new NotFoundError('run', id);
  const facts = await readFacts(ctx, runs);
  return runs.map((run) => viewOf(run, facts.get(run.id) as RunFacts));
}

function viewOf(run: RunRow, facts: RunFacts): RunView {
  const { totals, ledger } = facts;
  const own = ownHold(run, facts.approval);
  const status = runStatus({ ...run, heldKind: own?.kind ?? null }, ledger, totals.buffered);
  // What was cancelled after everything had been handed over went out all the same; a batch that was emptied doesn't count.
  const cancelled = run.cancelledAt !== null && (ledger.recipients.cancelled > 0 || run.sealedAt === null);
  const fate = { failed: run.failure !== null, cancelled };
  // A cancelled run takes no recipients, so its producers have nothing to complete.
  const unclosed = run.cancelledAt === null ? totals.unclosed : 0;
  const concerns = {
    missing: totals.missing,
    unclosed,
    extraSends: ledger.extraSends,
    wrongTotals: ledger.wrongTotals,
  };
  const { enqueued, buffered, duplicates, promised, missing } = totals;
  return {
    id: run.id,
    key: run.key,
    name: run.name,
    account: run.account,
    status,
    outcome: status === 'finished' ? runOutcome(ledger.batches, concerns, fate) : null,
    held: own ?? accountsHold(facts.holds),
    approval: facts.approval ? approvalOf(facts.approval) : null,
    failure: run.failure,
    startAt: run.startAt?.toISOString() ?? null,
    startsAt: ledger.hasStarted ? null : (ledger.startsAt?.toISOString() ?? null),
    lastStartsAt: ledger.lastStartsAt?.toISOString() ?? null,
    timeZone: facts.timeZone,
    delivery: run.delivery,
    handOverAt: facts.hasWaitingBatches ? (run.handOverAt?.toISOString() ?? null) : null,
    purgedAt: run.purgedAt?.toISOString() ?? null,
    templateDetailId: run.templateDetailId,
    values: run.values,
    maxRejected: run.maxRejected,
    retryAfterFailure: run.retryAfterFailure,
    retry: viewRetry(run, facts.retry),
    doubtful: facts.doubtful,
    recipients: {
      enqueued,
      buffered,
      ...ledger.recipients,
      duplicates,
      suppressed: totals.suppressed + ledger.suppressed,
      rejected: ledger.rejected,
      promised,
      missing,
    },
    batches: ledger.batches,
    stalledSince: facts.stalledSince?.toISOString() ?? null,
    unclosedIntakes: unclosed,
    unclosedSources: unclosed === 0 ? [] : ledger.intakes.filter(isUnclosed).map(({ source }) => source),
    extraSends: facts.extraSends,
    wrongTotals: ledger.wrongTotals,
    evidence: facts.evidence,
    messages: facts.messages,
    ...facts.resends,
  };
}

/** What of its own holds a run. That it lacks an approval comes after what an operator has to look at, and before its first batch. */
function ownHold(
  run: RunRow,
  approval: StandingApproval | undefined,
): (RunHoldView & { kind: RunHoldKind }) | undefined {
  const { heldKind: kind, heldReason, heldAt, unverifiedReason } = run;
  const isOver = run.cancelledAt !== null || run.purgedAt !== null;
  if (approval?.isLacking && !isOver && (kind === null || kind === 'first'))
    return { kind: 'approval', reason: approvalReason(approval), heldAt: approval.since.toISOString(), until: null };
  if (!kind || !heldReason || !heldAt) return undefined;
  const next = kind === 'unverified' || unverifiedReason === null ? '' : `; besides, ${unverifiedReason}`;
  return { kind, reason: heldReason + next, heldAt: heldAt.toISOString(), until: null };
}

function accountsHold([hold]: readonly HoldView[]): RunHoldView | null {
  return hold ? { kind: hold.kind, reason: hold.reason, heldAt: hold.heldAt, until: hold.until } : null;
}

function approvalOf({ above, isLacking, startedBy, approvedBy, approvedAt }: StandingApproval): RunApproval {
  return { above, waits: isLacking, startedBy, approvedBy, approvedAt: approvedAt?.toISOString() ?? null };
}
