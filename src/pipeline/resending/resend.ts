import { createHash } from 'node:crypto';
import type { Context } from '../../context.js';
import { show, whole } from '../../domain/delivery/delivery.js';
import { describeRules, type ResendRules, stoppedCode } from '../../domain/resending/resend.js';
import { showCodes } from '../../domain/resending/retry-after-failure.js';
import { isLabel } from '../../domain/runs/label.js';
import type { RunSettings } from '../../domain/runs/run.js';
import { faultOfValue, templateId } from '../../domain/text/judge-value.js';
import { formatDuration, parseDuration } from '../../domain/timing/duration.js';
import { UsageError } from '../../errors.js';
import { findRunByKey, linkResend, type RunRow } from '../../store/runs.js';
import { isBeingResent } from '../../store/views/resending.js';
import { refuseOther, startWith } from '../intake/start-run.js';
import { purgedError, requireRun } from '../require-run.js';
import { viewRun } from '../views/view-run.js';
import { beingResent, countRecipients, fillResend, settingsOfResend } from './fill-resend.js';
import { withOtherTemplate } from './other-template.js';
import type { LeftOut } from './select-recipients.js';

/** Whose messages are sent again, and how. `failed`, `unansweredAfter` or both have to be given. */
export type ResendRequest = {
  /** Those whose message failed. Default false. */
  failed?: boolean;
  /** With `failed`: only with these of WhatsApp's codes. Default: any but 131049 and 131050. */
  codes?: readonly number[];
  /** Also those of whose message nothing was told for so long since their batch began, such as `48h`. Default: none. */
  unansweredAfter?: string;
  /** The new run's name. Default: that of the old one. */
  name?: string;
  /** Another template, with the same columns; of a run of individual messages it has to be known. Default: that of the old run. */
  templateDetailId?: number;
  /** Only counts, and sends nothing. Default false. */
  dryRun?: boolean;
  /** Sends once more although it was sent again for these codes. Default false: that run is found, and nothing is sent. */
  again?: boolean;
};

/** What a resend came to. */
export type Resent = {
  /** The new run, or the one that it was sent again as before; `null`: nobody is sent to, or it was only counted. */
  runId: string | null;
  /** How many are sent to again. */
  recipients: number;
  /** How many of the old run are not, by the reason. Empty if it was sent again before. */
  leftOut: LeftOut;
  /** Only if it was sent again before, for these codes. */
  already?: true;
};

/**
 * Sends a run's messages again to those whom they didn't reach, as a new run with the old one's values, template and limits. Never to
 * whoever was delivered, stopped marketing messages (131050), or is in a batch that is unknown. The same call again finds the same run, and
 * completes it if it broke off.
 * @throws {UsageError} @throws {NotFoundError} @throws {RunStateError} `RUN_PURGED`, or `RESENDING` while another call is at it @throws {KeyConflictError} when that run has another name
 * or template.
 */
export async function resend(ctx: Context, runId: string, request: ResendRequest): Promise<Resent> {
  const rules = readRules(request);
  const run = await requireRun(ctx, runId);
  if (run.purgedAt) throw purgedError(run.id, run.purgedAt, 'has nobody to send to again');
  const key = request.again ? null : keyOf(runId, rules);
  const known = key === null ? null : await findRunByKey(ctx.db, key);
  const settings = await settingsFor(ctx, run, request, known);
  if (known) refuseOther(known, settings);
  if (known?.sealedAt) return foundAgain(ctx, known.id);
  if (await isBeingResent(ctx.db, runId, known?.id ?? null)) throw beingResent(runId);
  // To start a run it is enough to know that there is one.
  const enough = request.dryRun ? undefined : 1;
  const counted = await countRecipients(ctx, { runId, rules, except: known?.id ?? null }, enough);
  if (request.dryRun || (counted.recipients === 0 && !known)) return { runId: null, ...counted };
  const { id } = await startWith(ctx, key, settings, async (tx, created) => {
    if (!(await linkResend(tx, created.id, runId))) throw beingResent(runId);
  });
  return { runId: id, ...(await fillResend(ctx, id, run, rules)) };
}

async function foundAgain(ctx: Context, runId: string): Promise<Resent> {
  const { recipients } = await viewRun(ctx, runId);
  return { runId, recipients: recipients.enqueued, leftOut: {}, already: true };
}

/** Whoever sends again by hand decides each time: the new run isn't sent again by itself. */
async function settingsFor(
  ctx: Context,
  run: RunRow,
  { name, templateDetailId: wanted }: ResendRequest,
  known: RunRow | null,
): Promise<RunSettings> {
  const own = [known, run].find((one) => one && (wanted === undefined || one.templateDetailId === wanted));
  const { templateDetailId, delivery } = own ?? (await withOtherTemplate(ctx, run, Number(wanted), known !== null));
  return {
    ...settingsOfResend(run),
    ...{ templateDetailId, delivery, name: name ?? known?.name ?? run.name, retryAfterFailure: null },
  };
}

/** One run for each run and what is sent again of it: its key is unique in Postgres. */
function keyOf(runId: string, rules: ResendRules): string {
  return `resend-${runId}-${createHash('sha256').update(describeRules(rules)).digest('hex').slice(0, 16)}`;
}

function readRules(request: ResendRequest): ResendRules {
  const { failed = false, codes, unansweredAfter, name, templateDetailId } = request;
  const faults: string[] = [];
  const unansweredAfterMs = unansweredAfter === undefined ? null : (parseDuration(unansweredAfter) ?? Number.NaN);
  if (!failed && unansweredAfterMs === null) faults.push('Say whose: failed, unansweredAfter, or both.');
  if (codes !== undefined && !failed) faults.push('codes goes with failed only.');
  const isCodes = Array.isArray(codes) && codes.length > 0 && codes.every((code) => isCode(code) !== undefined);
  if (codes !== undefined && !isCodes)
    faults.push(`codes is ${showCodes(codes)}; write numbers of WhatsApp, such as [131026].`);
  if (isCodes && codes.includes(stoppedCode))
    faults.push(`codes has ${stoppedCode}: they stopped marketing messages, and are never sent to again.`);
  if (unansweredAfterMs !== null && !(unansweredAfterMs >= leastUnansweredMs))
    faults.push(
      `unansweredAfter is ${show(unansweredAfter)}; write a duration of ${formatDuration(leastUnansweredMs)} at least, such as 48h.`,
    );
  if (name !== undefined && !isLabel(name)) faults.push('name must be a text of 1 to 200 characters in one line.');
  const ofId =
    templateDetailId === undefined ? undefined : faultOfValue('templateDetailId', templateDetailId, templateId);
  if (ofId !== undefined) faults.push(ofId);
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return { codes: failed ? (codes ?? 'any') : null, unansweredAfterMs };
}

const isCode = whole(1, 999_999);

/** Callbacks take their time, and a second message is worse than a late one. */
const leastUnansweredMs = 3_600_000;
