import type { Context } from '../../context.js';
import { type ButtonParam, buttonColumn } from '../../domain/columns/button-params.js';
import { show } from '../../domain/delivery/delivery.js';
import { Doubts } from '../../domain/recipients/doubts.js';
import { identityIn, type RecipientLine, type RecipientReading, writeLine } from '../../domain/recipients/recipient.js';
import { valuePolicies } from '../../domain/recipients/value.js';
import { type BatchStatus, batchIdOf } from '../../domain/runs/batch.js';
import { largestFileBytes } from '../../domain/runs/file-bytes.js';
import { Filling, newBatch } from '../../domain/runs/filling.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { readTemplateName } from '../../domain/templates/choose-template.js';
import { readWait, waitForm } from '../../domain/timing/duration.js';
import { KeyConflictError, UnconfirmedError, UsageError } from '../../errors.js';
import { hasBatch, saveFilledBatches } from '../../store/batches.js';
import { saveDoubts } from '../../store/doubtful-values.js';
import { forgottenAmong } from '../../store/forgotten.js';
import { insertWholeIntake } from '../../store/intakes.js';
import type { Sql } from '../../store/postgres/sql.js';
import { linesOfBatch } from '../../store/recipients.js';
import { type CreatedRun, sealWholeRun } from '../../store/runs.js';
import { patiently, waitUnlessClosing } from '../patience.js';
import { saveRows } from '../save-rows.js';
import { serviceErrorOf } from '../service-error.js';
import { applyTemplate } from '../templates/apply-template.js';
import type { Content, QuickCreation } from './create-run.js';
import { type RunRequest, startRunWith } from './start-run.js';

/** One message to one number. */
export type MessageRequest = Pick<
  RunRequest,
  'key' | 'startAt' | 'lateOk' | 'timeZone' | 'account' | 'templateDetailId' | 'template' | 'values'
> & {
  /** International, such as `6281234567890`; or national, if SIARAN_DEFAULT_COUNTRY is set. */
  phoneNumber: string | number;
  /** The values of the template's body, in their order. Default: none. */
  variables?: readonly string[];
  /** The parameters of the template's buttons. Default: none. */
  buttonParams?: readonly ButtonParam[];
  /** The id of the WhatsApp channel at Qiscus that sends it. With `template`, default: the template's. */
  channelId?: number;
  /** The template's name, as its page at Qiscus shows it. With `template` none of these is needed. */
  templateName?: string;
  /** The template's namespace, as its page at Qiscus shows it. */
  namespace?: string;
  /** The template's language code, such as `id`. */
  language?: string;
  /** The broadcast's name at Qiscus. Default: the template's name. */
  name?: string;
  /** How long the call waits for a worker to send it, such as `30s`; the message is sent however long that takes. Default `10s`. */
  wait?: string;
};

/** A message as far as it is known. */
export type MessageView = {
  /** The run that holds this message alone. */
  runId: string;
  /** Its batch: the id for `resolve` and `retry`. */
  batchId: string;
  /** `pending`: no worker has sent it yet. */
  status: BatchStatus;
  /** The broadcast job at Qiscus; `null` until Qiscus has accepted it. */
  broadcastJobId: number | null;
  /** Qiscus's record of the message; `null` as long as Qiscus hasn't told it. */
  broadcastLogId: number | null;
  /** Why it failed, or why its outcome is unknown. */
  error: string | null;
};

type Created = Parameters<QuickCreation>[0];
type TakenRow = Extract<RecipientReading, { ok: true }>;

/** How often the ledger is looked into. Where workers tell of messages, only in case that word is lost. */
const lookEveryMs = 100;
const lookEveryMsIfHeard = 500;

/**
 * Sends one message, ahead of all bulk work, and waits a while for what comes of it. With a key it may be called again: the
 * same key sends once. @throws {UsageError} naming each wrong setting. @throws {KeyConflictError}
 */
export async function sendMessage(ctx: Context, request: MessageRequest): Promise<MessageView> {
  const { wait = '10s' } = request;
  const waitMs = readWait(wait);
  if (waitMs === undefined) throw new UsageError(`wait is ${show(wait)}; ${waitForm}.`);
  ctx.settled.listen();
  const { run: asked, row } = readRequest(request);
  const { request: run, template } = await applyTemplate(ctx, asked);
  const policy = valuePolicies.find((known) => known === request.values);
  const read = compileReaderFor(template, run.columns, ctx.config.defaultCountry, policy)(row);
  const refuse = () => new UsageError(`The message can't be sent: ${read.ok ? '' : read.reason}.`);
  // A fault of the settings is told first, with all others.
  const content: Content = (tx, created) => {
    if (!read.ok) throw refuse();
    return saveMessage(tx, created, read);
  };
  const isOrdinary = read.ok && (read.doubts ?? []).length === 0;
  const quickly = isOrdinary
    ? (created: Created) => ctx.newMessages.insert({ ...created, line: read.line })
    : undefined;
  const { id: runId, existed } = await startRunWith(ctx, run, content, quickly);
  if (!read.ok) throw refuse();
  try {
    return await untilKnown(ctx, request, { runId, existed, line: read.line }, Date.now() + waitMs);
  } catch (error) {
    throw serviceErrorOf(error)?.retryable ? unconfirmed(runId, request.key, error) : error;
  }
}

/** Has a worker send what was handed in just now, or was before, and waits for what comes of it. */
async function untilKnown(
  ctx: Context,
  { key, account = 'default' }: MessageRequest,
  { runId, existed, line }: { runId: string; existed: boolean; line: RecipientLine },
  until: number,
): Promise<MessageView> {
  if (existed) {
    await refuseOther(ctx, key, runId, line);
    return untilSettled(ctx, runId, until, (ms) => waitUnlessClosing(ctx, Math.min(ms, lookEveryMs)));
  }
  const { settled, closing } = ctx;
  const batchId = batchIdOf(runId, 1);
  const watch = settled.watch(batchId);
  try {
    await ctx.hints.deliverFirst({ id: batchId, account, claimNumber: 0 }, settled.waiter);
    const pause = (ms: number) => watch.next(Math.min(ms, settled.isHeard ? lookEveryMsIfHeard : lookEveryMs), closing);
    await pause(Math.max(0, until - Date.now()));
    return await untilSettled(ctx, runId, until, pause);
  } finally {
    watch.end();
  }
}

/** A run of its own, of one recipient. */
function readRequest(request: MessageRequest): { run: RunRequest; row: Record<string, unknown> } {
  const { phoneNumber, variables = [], buttonParams, name, wait: _, ...settings } = request;
  if (!Array.isArray(variables)) throw new UsageError('variables must be an array of texts.');
  const row: Record<string, unknown> = { phone_number: phoneNumber };
  variables.forEach((variable: unknown, at) => {
    row[`body_variable${at + 1}`] = variable;
  });
  if (buttonParams !== undefined) row[buttonColumn] = JSON.stringify(buttonParams);
  const columns = Object.keys(row);
  // What is missing is said with all other settings.
  const called = name ?? settings.templateName ?? readTemplateName(settings.template)?.name ?? '';
  return { run: { ...settings, name: called, columns, delivery: 'individual' }, row };
}

/** Of somebody who was forgotten nothing is written: the digest alone stands in the message, which is left out when it is claimed. */
async function withoutForgotten(db: Sql, line: RecipientLine): Promise<RecipientLine> {
  const digest = (await forgottenAmong(db, [identityIn(line)])).get(identityIn(line));
  return digest === undefined ? line : writeLine([digest]);
}

/** Nothing of it passes through Redis: the run, its only batch and its seal stand in the ledger together, or not at all. */
async function saveMessage(tx: Sql, run: CreatedRun, { line: given, doubts: found }: TakenRow): Promise<void> {
  const line = await withoutForgotten(tx, given);
  // Whether it may go to its recipient is looked at when it is claimed.
  const filling = new Filling(
    newBatch(1),
    { known: [], suppressed: new Set() },
    { recipientsOf: () => 1, bytes: largestFileBytes },
  );
  filling.take([line]);
  await saveFilledBatches(tx, run, filling.touched());
  await saveRows(tx, run, filling);
  await insertWholeIntake(tx, run.id, 'message', 1);
  const doubts = new Doubts();
  if (line === given) doubts.add(found);
  await saveDoubts(tx, run.id, 'message', doubts.list(), 'add');
  await sealWholeRun(tx, run.id);
}

async function refuseOther(ctx: Context, key: string | undefined, runId: string, line: RecipientLine): Promise<void> {
  const batchId = batchIdOf(runId, 1);
  if (!(await hasBatch(ctx.db, batchId))) throw new KeyConflictError(key ?? '', runId, ['it has no message in it']);
  const before = (await linesOfBatch(ctx.db, batchId)).join('\n');
  // What was purged, or left out as suppressed, can't be compared any more.
  if (before === '' || before === (await withoutForgotten(ctx.db, line))) return;
  throw new KeyConflictError(key ?? '', runId, ['it has another number or other variables']);
}

/** It is handed in, and the same call again would hand in another one, unless it has a key. */
function unconfirmed(runId: string, key: string | undefined, cause: unknown): UnconfirmedError {
  const advice =
    key === undefined
      ? `It is handed in, and will be sent if it isn't yet: to call again would send another one. Look at run ${runId} later.`
      : `Call again with the same key, ${JSON.stringify(key)}: that tells what became of it, and sends no second one.`;
  const retryable = key !== undefined;
  return new UnconfirmedError(`the message of run ${runId} was sent`, { runId, advice, retryable, cause });
}

/** @param pause waits until there may be news, so many ms at most. */
async function untilSettled(
  ctx: Context,
  runId: string,
  until: number,
  pause: (ms: number) => Promise<void>,
): Promise<MessageView> {
  const batchId = batchIdOf(runId, 1);
  for (;;) {
    const fate = await patiently(ctx, () => ctx.newMessages.fate(batchId));
    if (!fate) throw new Error(`message ${batchId} is neither new nor known`);
    const isOver = !['pending', 'sending'].includes(fate.status) || Date.now() >= until || ctx.closing.aborted;
    if (isOver) return { runId, batchId, ...fate };
    await pause(Math.max(0, until - Date.now()));
  }
}
