import { randomUUID } from 'node:crypto';
import { actingAs, type Context } from '../../context.js';
import { heldBackCode, type ResendRules } from '../../domain/resending/resend.js';
import type { RetryAfterFailure } from '../../domain/resending/retry-after-failure.js';
import { turnAt, turnKey, whyHopeless, whyOver } from '../../domain/resending/retry-turn.js';
import { pastSkippedDates } from '../../domain/schedules/schedule.js';
import { RunStateError } from '../../errors.js';
import { findCampaignOfRun } from '../../store/campaigns.js';
import { currentTime } from '../../store/postgres/database.js';
import {
  claimRetry,
  decideRetry,
  findTurn,
  keepRetry,
  lastFailureWith,
  postponeRetry,
  type RetryClaim,
  type RetryOutcome,
  type RetryStand,
  retryStand,
  takeTurn,
} from '../../store/retries.js';
import { linkResend, type RunRow } from '../../store/runs.js';
import { mayBegin } from '../check-ledger.js';
import { requireFiringSchedule } from '../firing-schedule.js';
import { startWith } from '../intake/start-run.js';
import { requireRun } from '../require-run.js';
import { beingResent, countRecipients, fillResend, type ResendCounts, settingsOfResend } from './fill-resend.js';

/** A claim is kept alive while its worker lives; after that, another one goes on within a minute. */
const claimMs = 60_000;

/** How long what couldn't be done now waits. */
const againAfterMs = 60_000;

/** The turn isn't this worker's any more, or may not be taken any more. */
class TurnLost extends Error {}

/**
 * Looks at an ended run that asks to be sent again by itself, and takes its turn if that has come. Any number of workers may do this
 * at the same time: the run of a turn is made in the same transaction in which the turn is taken, under a key of family and turn.
 * Returns whether there was one to look at.
 */
export async function retryNext(ctx: Context): Promise<boolean> {
  if (!(await mayBegin(ctx))) return false;
  const claim = await claimRetry(ctx.db, randomUUID(), claimMs);
  if (!claim) return false;
  const kept = setInterval(() => {
    keepRetry(ctx.db, claim, claimMs).catch((err) => ctx.logger.warn({ err }, 'retry not kept alive'));
  }, claimMs / 4);
  try {
    await look(ctx, claim);
  } catch (error) {
    await putOff(ctx, claim, error);
  } finally {
    clearInterval(kept);
  }
  return true;
}

async function look(ctx: Context, claim: RetryClaim): Promise<void> {
  const run = await requireRun(ctx, claim.runId);
  const retry = run.retryAfterFailure;
  if (retry === null) throw new Error(`run ${run.id} has a turn, and nothing says of what`);
  const rules: ResendRules = { codes: retry.codes, unansweredAfterMs: null };
  const begun = await findTurn(ctx.db, claim, turnKey(claim.rootId, claim.turn));
  if (begun) return complete(ctx, claim, run, rules, begun);
  const over = whyOver(run);
  if (over !== undefined) return decide(ctx, claim, 'stopped', over);
  const stand = await retryStand(ctx.db, run.id);
  const at = await timeOf(ctx, run.id, retry, stand);
  if (at > stand.now) return postpone(ctx, claim, at, null);
  const until = await pastDatesOf(ctx, claim.rootId, stand.now);
  if (until > stand.now) return postpone(ctx, claim, until, 'its campaign skips this date');
  const hopeless = whyHopeless(retry, stand);
  if (hopeless !== undefined) return decide(ctx, claim, 'stopped', hopeless);
  const counted = await countRecipients(ctx, { runId: run.id, rules, except: null });
  if (counted.recipients === 0) return decide(ctx, claim, 'nobody', null);
  const id = await begin(ctx, claim, run, counted);
  await complete(ctx, claim, run, rules, { id, sealedAt: null });
}

/** A run that goes on after its end is looked at again when it has ended again. */
async function timeOf(ctx: Context, runId: string, retry: RetryAfterFailure, stand: RetryStand): Promise<Date> {
  if (!stand.isEnded) return new Date(stand.now.getTime() + againAfterMs);
  const at = turnAt(stand.lastStart, retry, null);
  if (at > stand.now || !retry.codes.includes(heldBackCode)) return at;
  return turnAt(stand.lastStart, retry, await lastFailureWith(ctx.db, runId, heldBackCode, at));
}

/** A run of a campaign is sent again on no date that the campaign skips. */
async function pastDatesOf(ctx: Context, rootId: string, now: Date): Promise<Date> {
  const campaign = await findCampaignOfRun(ctx.db, rootId);
  return campaign ? pastSkippedDates(requireFiringSchedule(ctx, campaign), now) : now;
}

/** Makes the turn's run and takes the turn, both or neither. */
async function begin(
  ctx: Context,
  claim: RetryClaim,
  run: RunRow,
  { recipients, leftOut }: ResendCounts,
): Promise<string> {
  const key = turnKey(claim.rootId, claim.turn);
  // Whoever started the run asked for this as well.
  const starter = actingAs(ctx, run.startedBy ?? ctx.config.actor);
  const { id, existed } = await startWith(starter, key, settingsOfResend(run), async (tx, created) => {
    if (!(await linkResend(tx, created.id, run.id))) throw beingResent(run.id);
    const detail = { turn: claim.turn, runId: created.id, recipients, leftOut };
    if (!(await takeTurn(tx, claim, created.id, detail))) throw new TurnLost();
  });
  if (existed) throw new Error(`there is a run with the key ${key} already, ${id}`);
  ctx.logger.info({ runId: run.id, resend: id, turn: claim.turn, recipients }, 'sent again by itself');
  return id;
}

async function complete(
  ctx: Context,
  claim: RetryClaim,
  run: RunRow,
  rules: ResendRules,
  { id, sealedAt }: { id: string; sealedAt: Date | null },
): Promise<void> {
  if (sealedAt === null && run.purgedAt)
    return decide(ctx, claim, 'stopped', `it was purged before everybody was in run ${id}, which is left open`);
  try {
    if (sealedAt === null) await fillResend(ctx, id, run, rules);
  } catch (error) {
    if (!(error instanceof RunStateError && error.code === 'RUN_CANCELLED')) throw error;
    return decide(ctx, claim, 'stopped', `run ${id} was cancelled before everybody was in it`);
  }
  await decide(ctx, claim, 'sent_again', null);
}

async function decide(ctx: Context, claim: RetryClaim, outcome: RetryOutcome, reason: string | null): Promise<void> {
  if (!(await ctx.db.$transaction((tx) => decideRetry(tx, claim, outcome, reason)))) throw new TurnLost();
  if (outcome === 'stopped')
    ctx.logger.warn({ runId: claim.runId, turn: claim.turn, reason }, 'not sent again by itself');
}

async function postpone(ctx: Context, claim: RetryClaim, until: Date, reason: string | null): Promise<void> {
  if (!(await postponeRetry(ctx.db, claim, until, reason))) throw new TurnLost();
}

/** What can't be done now is tried again in a while, by whichever worker; the run says why, if that is an operator's to know. */
async function putOff(ctx: Context, claim: RetryClaim, error: unknown): Promise<void> {
  if (error instanceof TurnLost) return;
  const reason = error instanceof RunStateError ? error.message : null;
  ctx.logger.warn({ err: error, runId: claim.runId, turn: claim.turn }, 'not sent again yet; it will be tried again');
  const until = new Date((await currentTime(ctx.db)).getTime() + againAfterMs);
  await postponeRetry(ctx.db, claim, until, reason);
}
