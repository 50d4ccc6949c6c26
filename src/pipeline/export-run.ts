import type { Context } from '../context.js';
import type { RecipientValues } from '../domain/recipient.js';
import { type BatchView, viewBatches } from '../store/batches.js';
import { recipientsOfBatch } from '../store/recipients.js';
import type { RunRow } from '../store/runs.js';
import { purgedError } from './purge.js';
import { requireRun } from './start-run.js';

/** What becomes of a recipient is what becomes of its batch; `null` is what isn't known yet. */
const fateColumns = ['batch', 'status', 'started_at', 'broadcast_job_id', 'error'] as const;

/** One addressee with its values and its fate, keyed by column. */
export type ExportedRecipient = Record<string, string | number | null>;

export type RunExport = {
  columns: string[];
  /** A batch each, in the order in which they were cut. Only one is held at a time. */
  pages: AsyncGenerator<ExportedRecipient[]>;
};

/** The recipients of a run that stand in a batch, with what became of each. @throws {NotFoundError | RunStateError} */
export async function exportRun(ctx: Context, runId: string): Promise<RunExport> {
  const run = await refuseIfPurged(ctx, runId);
  return { columns: [...run.columns, ...fateColumns], pages: readPages(ctx, run) };
}

async function refuseIfPurged(ctx: Context, runId: string): Promise<RunRow> {
  const run = await requireRun(ctx, runId);
  if (run.purgedAt) throw purgedError(run.id, run.purgedAt, 'has nothing to export');
  return run;
}

async function* readPages(ctx: Context, run: RunRow): AsyncGenerator<ExportedRecipient[]> {
  for (const batch of await viewBatches(ctx.db, run.id)) {
    const recipients = await recipientsOfBatch(ctx.db, batch.id);
    if (recipients.length < batch.recipients) await refuseIfPurged(ctx, run.id);
    yield recipients.map((values) => exportRecipient(run.columns, values, batch));
  }
}

function exportRecipient(
  columns: readonly string[],
  [phoneNumber = '', ...values]: RecipientValues,
  batch: BatchView,
): ExportedRecipient {
  const others = values.values();
  const exported: ExportedRecipient = {};
  for (const column of columns)
    exported[column] = column === 'phone_number' ? phoneNumber : (others.next().value ?? '');
  exported.batch = batch.reference;
  exported.status = batch.status;
  exported.started_at = batch.startedAt;
  exported.broadcast_job_id = batch.broadcastJobId;
  exported.error = batch.error;
  return exported;
}
