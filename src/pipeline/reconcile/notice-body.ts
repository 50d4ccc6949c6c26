import type { Context } from '../../context.js';
import { maskPhoneNumbersIn } from '../../domain/numbers/mask-number.js';
import { type BatchView, findBatch } from '../../store/batches.js';
import type { ClaimedNotice, NoticeEvent } from '../../store/notices.js';
import { type RunView, viewRun } from '../views/view-run.js';

/**
 * What the webhook is told, as JSON. `at` is when it happened, ISO 8601 in UTC; `run` and `batch` are as they stand when it is
 * told. There are no phone numbers in it.
 */
export type NoticeBody = {
  /** The same however often it is told. */
  id: string;
  event: NoticeEvent;
  at: string;
  /** `startsAt` and `lastStartsAt` are there if some of what was handed over hasn't started. */
  run:
    | (Pick<RunView, 'id' | 'name' | 'status' | 'outcome' | 'recipients' | 'batches'> &
        Partial<Pick<RunView, 'startsAt' | 'lastStartsAt'>>)
    | null;
  batch: { id: string; recipients: number; error: string | null; evidence: BatchView['evidence'] } | null;
  /** `account`: the account that is held; `null` when it is the run. */
  hold: { account: string | null; kind: string; reason: string } | null;
};

export async function noticeBody(ctx: Context, notice: ClaimedNotice): Promise<NoticeBody> {
  const { id, event, runId, batchId, account, detail, createdAt } = notice;
  return {
    id,
    event,
    at: createdAt.toISOString(),
    run: runId === null ? null : await runPart(ctx, runId),
    batch: batchId === null ? null : await batchPart(ctx, batchId),
    hold: detail && { account, kind: detail.kind, reason: maskPhoneNumbersIn(detail.reason) },
  };
}

async function runPart(ctx: Context, runId: string): Promise<NoticeBody['run']> {
  const { id, name, status, outcome, startsAt, lastStartsAt, recipients, batches } = await viewRun(ctx, runId);
  const ahead = lastStartsAt === null ? {} : { startsAt, lastStartsAt };
  return { id, name: maskPhoneNumbersIn(name), status, outcome, ...ahead, recipients, batches };
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
