import type { Context } from '../../context.js';
import { maskPhoneNumbersIn } from '../../domain/numbers/mask-number.js';
import type { ClaimedNotice, NoticeEvent } from '../../store/notices.js';
import { type BatchView, findBatch } from '../../store/views/batch-views.js';
import { adminLink, runPath } from '../admin-link.js';
import { type RunView, viewRun } from '../views/view-run.js';

/** The JSON that a worker posts to the webhook. There are no phone numbers in it. */
export type NoticeBody = {
  /** The notice's id: the same each time that it is posted. */
  id: string;
  /** What happened. */
  event: NoticeEvent;
  /** When it happened, ISO 8601 in UTC. */
  at: string;
  /** The run, as it is when the notice is posted. `startsAt` and `lastStartsAt` are there if some of what was handed over hasn't started. */
  run:
    | (Pick<RunView, 'id' | 'name' | 'status' | 'outcome' | 'recipients' | 'batches' | 'messages'> &
        Partial<Pick<RunView, 'startsAt' | 'lastStartsAt'>>)
    | null;
  /** The batch of `batch.unknown`, as it is when the notice is posted. */
  batch: {
    /** The batch's id. */
    id: string;
    /** How many recipients it has. */
    recipients: number;
    /** Why its outcome is unknown. */
    error: string | null;
    /** What callbacks tell of it; `null`: nothing. */
    evidence: BatchView['evidence'];
  } | null;
  /** The page of the admin that it is about; `null` without `SIARAN_ADMIN_URL`. */
  link: string | null;
  /** The hold of `hold`. */
  hold: {
    /** The account that is held; `null` when it is the run. */
    account: string | null;
    /** Which hold it is, such as `unknowns` or `first`. */
    kind: string;
    /** Why, in words. */
    reason: string;
  } | null;
};

export async function noticeBody(ctx: Context, notice: ClaimedNotice): Promise<NoticeBody> {
  const { id, event, runId, batchId, account, detail, createdAt } = notice;
  return {
    id,
    event,
    at: createdAt.toISOString(),
    run: runId === null ? null : await runPart(ctx, runId),
    batch: batchId === null ? null : await batchPart(ctx, batchId),
    link: adminLink(ctx, pathOf(notice)),
    hold: detail && { account, kind: detail.kind, reason: maskPhoneNumbersIn(detail.reason) },
  };
}

function pathOf({ runId, batchId, detail }: ClaimedNotice): string {
  if (batchId !== null) return `/batches/${batchId}`;
  return runId === null ? '/health' : runPath(runId, detail?.kind);
}

async function runPart(ctx: Context, runId: string): Promise<NoticeBody['run']> {
  const { id, name, status, outcome, startsAt, lastStartsAt, recipients, batches, messages } = await viewRun(
    ctx,
    runId,
  );
  const ahead = lastStartsAt === null ? {} : { startsAt, lastStartsAt };
  return { id, name: maskPhoneNumbersIn(name), status, outcome, ...ahead, recipients, batches, messages };
}

async function batchPart(ctx: Context, batchId: string): Promise<NoticeBody['batch']> {
  const batch = await findBatch(ctx.db, batchId);
  return (
    batch && {
      id: batch.id,
      recipients: batch.recipients,
      evidence: batch.evidence,
      error: batch.error === null ? null : maskPhoneNumbersIn(batch.error),
    }
  );
}
