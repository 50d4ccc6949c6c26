import type { Context } from '../../context.js';
import { exportColumns } from '../../domain/columns/export-columns.js';
import { isDigest } from '../../domain/numbers/number-digest.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import type { RecipientValues } from '../../domain/recipients/recipient.js';
import { nextBatchNumber } from '../../store/batches.js';
import { recipientsOfBatches, suppressedRecipients } from '../../store/recipients.js';
import type { RunRow } from '../../store/runs.js';
import { type BatchView, batchesBetween } from '../../store/views/batch-views.js';
import { type LogOfRecipient, logsOfBatches } from '../../store/views/logs-of-batches.js';
import { purgedError, requireRun } from '../require-run.js';

/** One addressee with its values and its fate, keyed by column. */
export type ExportedRecipient = Record<string, string | number | null>;

/** Which recipients are wanted by what became of their messages: `unanswered` are those of which nothing was told yet. */
export const messageFates = ['unanswered', 'sent', 'delivered', 'read', 'failed', 'failed_after_delivered'] as const;

/** Which recipients an export has; of those with several conditions each has to hold. */
export type ExportFilter = {
  /** What is shown of their message. */
  statuses?: readonly (typeof messageFates)[number][] | undefined;
  /** WhatsApp's codes that their message failed with; `none`: no code was told. */
  codes?: readonly (number | 'none')[] | undefined;
};

type RunExport = {
  columns: string[];
  /** About a thousand recipients each, in the order in which they were cut; then those that were suppressed. One is held at a time. */
  pages: AsyncGenerator<ExportedRecipient[]>;
};

const recipientsAPage = 1_000;

/**
 * The recipients of a run that stand in a batch or were suppressed, with what became of each. Of a suppressed one the number's
 * identity is told, as its row isn't kept. @throws {NotFoundError | RunStateError}
 */
export async function exportRun(ctx: Context, runId: string, filter: ExportFilter = {}): Promise<RunExport> {
  const run = await refuseIfPurged(ctx, runId);
  return { columns: [...run.columns, ...exportColumns], pages: filtered(readPages(ctx, run), filter) };
}

async function* filtered(
  pages: AsyncIterable<ExportedRecipient[]>,
  { statuses, codes }: ExportFilter,
): AsyncGenerator<ExportedRecipient[]> {
  for await (const page of pages)
    yield page.filter(
      (row) =>
        (statuses === undefined || statuses.some((status) => status === fateOf(row))) &&
        (codes === undefined || codes.some((code) => code === failureCodeOf(row))),
    );
}

/** `undefined`: its batch isn't handed over. */
function fateOf({ status, delivery_status: told }: ExportedRecipient) {
  if (told !== null && told !== 'scheduled') return told;
  return status === 'scheduled' || status === 'unknown' || status === 'sending' ? 'unanswered' : undefined;
}

/** `undefined`: the message didn't fail. */
function failureCodeOf({ delivery_status: told, code }: ExportedRecipient) {
  return code ?? (told === 'failed' || told === 'failed_after_delivered' ? 'none' : undefined);
}

async function refuseIfPurged(ctx: Context, runId: string): Promise<RunRow> {
  const run = await requireRun(ctx, runId);
  if (run.purgedAt) throw purgedError(run.id, run.purgedAt, 'has nothing to export');
  return run;
}

async function* readPages(ctx: Context, run: RunRow): AsyncGenerator<ExportedRecipient[]> {
  for await (const batches of pagesOfBatches(ctx, run.id)) yield await readPage(ctx, run, batches);
  for (let after = '0'; ; ) {
    const numbers = await suppressedRecipients(ctx.db, run.id, after, recipientsAPage);
    if (numbers.length > 0) yield numbers.map((phoneNumber) => exportRecipient(run.columns, [phoneNumber], suppressed));
    const last = numbers.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

/** A batch of one recipient is no reason to ask for it alone. Batches that are made meanwhile hold recipients of others. */
export async function* pagesOfBatches(ctx: Context, runId: string): AsyncGenerator<BatchView[]> {
  const end = await nextBatchNumber(ctx.db, runId);
  for (let next = 1; next < end; ) {
    const batches = await batchesBetween(ctx.db, runId, next, end, recipientsAPage);
    const page: BatchView[] = [];
    for (let recipients = 0; page.length < batches.length; ) {
      const batch = batches[page.length];
      if (!batch || (page.length > 0 && recipients + batch.recipients > recipientsAPage)) break;
      page.push(batch);
      recipients += batch.recipients;
    }
    const last = page.at(-1);
    if (!last) return;
    yield page;
    next = last.number + 1;
  }
}

async function readPage(ctx: Context, run: RunRow, batches: readonly BatchView[]): Promise<ExportedRecipient[]> {
  const ids = batches.map(({ id }) => id);
  const recipients = await recipientsOfBatches(ctx.db, ids);
  const logs = await logsOfBatches(ctx.db, ids);
  const page = batches.flatMap((batch) => {
    const logOf = logs.get(batch.id);
    return (recipients.get(batch.id) ?? []).map((values) =>
      exportRecipient(run.columns, values, { ...batch, log: logOf?.get(identityOf(values[0] ?? '')) }),
    );
  });
  if (page.length < batches.reduce((sum, batch) => sum + batch.recipients, 0)) await refuseIfPurged(ctx, run.id);
  return page;
}

type Fate = Pick<BatchView, 'startedAt' | 'broadcastJobId' | 'error'> & {
  id: string | null;
  status: string;
  log?: LogOfRecipient | undefined;
};

const suppressed: Fate = { id: null, status: 'suppressed', startedAt: null, broadcastJobId: null, error: null };

function exportRecipient(
  columns: readonly string[],
  [number = '', ...values]: RecipientValues,
  { id, status, startedAt, broadcastJobId, error, log }: Fate,
): ExportedRecipient {
  const phoneNumber = isDigest(number) ? 'forgotten' : number;
  const others = values.values();
  const exported: ExportedRecipient = {};
  for (const column of columns)
    exported[column] = column === 'phone_number' ? phoneNumber : (others.next().value ?? '');
  exported.batch = id;
  exported.status = status;
  exported.started_at = startedAt;
  exported.broadcast_job_id = broadcastJobId;
  exported.error = error;
  exported.broadcast_log_id = log?.broadcastLogId ?? null;
  exported.message_id = log?.messageId ?? null;
  exported.delivery_status = log?.status ?? null;
  exported.code = log?.code ?? null;
  exported.notes = log?.notes ?? null;
  return exported;
}
