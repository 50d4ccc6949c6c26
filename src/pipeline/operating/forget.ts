import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.js';
import { formsOf, identityOf } from '../../domain/numbers/number-identity.js';
import { searchNumber } from '../../domain/numbers/number-in-text.js';
import { isLabel } from '../../domain/runs/label.js';
import { SiaranError, UsageError } from '../../errors.js';
import { beginMatching } from '../../store/broadcast-logs.js';
import { emptyDoubts } from '../../store/doubtful-values.js';
import {
  anonymiseInRun,
  anonymiseLogs,
  dropWhatCallbacksTold,
  findPlace,
  type Person,
  runsWithNumber,
} from '../../store/forget.js';
import { beginForgetting, countForgotten, type Forgotten } from '../../store/forgotten.js';
import { readHandedIn } from '../../store/handed-in.js';
import { isLedgerHeld } from '../../store/holds.js';
import { withLongDeadlines } from '../../store/postgres/deadlines.js';
import { lockRunState } from '../../store/runs.js';
import { lockUsers, usersOfNumber } from '../../store/user-ids.js';
import { ledgerWentBack } from '../check-ledger.js';
import { readPhoneNumber } from '../views/find-recipient.js';
import { type EmptiedDraft, forgetInLists } from './forget-lists.js';

/** Who asks for somebody to be forgotten. */
export type ForgetOptions = {
  /** In 1 to 200 characters; kept as the answer to who erased the number. Default `SIARAN_ACTOR`. */
  by?: string;
};

/** What became of a request to forget somebody. */
export type ForgottenEverywhere = Forgotten & {
  /** Drafts whose lists this call has thrown away, as the number stood in them. */
  emptiedDrafts: EmptiedDraft[];
  /**
   * Runs in which rows with the number wait that no worker has cut yet. The worker that cuts them drops the person; until then it isn't
   * complete, and the same call has to be made again. Missing if there are none.
   */
  waitingRuns?: string[];
};

/** As many logs as one statement takes. */
const statementLogs = 1_000;

/** So long it is waited for a batch with the number that is being sent: most sends are answered within a second or two. */
const longestWaitMs = 10_000;
const lookEveryMs = 500;

/**
 * Removes somebody's number, values and names from every run, throws away the lists of drafts that have them, and keeps a digest: runs know by it that they were messaged, and nobody messages them
 * again. It goes run by run and may be stopped anywhere; the same call completes it, and once it is complete changes nothing.
 * @throws {UsageError} when it is no phone number. @throws {SiaranError} `BEING_SENT` while a batch with the number is being sent;
 * everything else is done then. `LEDGER_WENT_BACK`
 */
export async function forget(
  ctx: Context,
  written: string,
  { by = ctx.config.actor }: ForgetOptions = {},
): Promise<ForgottenEverywhere> {
  if (!isLabel(by)) throw new UsageError('by must be a text of 1 to 200 characters in one line.');
  const identity = identityOf(readPhoneNumber(ctx, written));
  if (await isLedgerHeld(ctx.db)) throw ledgerWentBack();
  const digest = await ctx.db.$transaction((tx) => beginForgetting(tx, identity, by));
  await ctx.buffer.forgetInSetAside(formsOf(identity));
  const emptiedDrafts = await forgetInLists(ctx, identity, by);
  const person = { identity, digest };
  const sending = await takeOutOfRuns(ctx, person);
  const waitingRuns = await findWaiting(ctx, identity);
  const forgotten = await emptyLogs(ctx, person, sending.length === 0 && waitingRuns.length === 0);
  if (sending.length > 0) throw beingSent(sending);
  return { ...forgotten, emptiedDrafts, ...(waitingRuns.length > 0 && { waitingRuns }) };
}

/** Runs in which the number waits to be cut, in Redis or handed in by SQL. */
async function findWaiting(ctx: Context, identity: string): Promise<string[]> {
  const waiting = new Set<string>();
  for await (const { runId, rows } of readHandedIn(ctx.db)) {
    const search = searchNumber(identity);
    if (search.push(rows) || search.end()) waiting.add(runId);
  }
  for await (const runId of ctx.buffer.runsHolding(formsOf(identity))) waiting.add(runId);
  return [...waiting].sort();
}

/** Returns the batches that are being sent with the number still. */
async function takeOutOfRuns(ctx: Context, person: Person): Promise<string[]> {
  const until = Date.now() + longestWaitMs;
  for (;;) {
    const sending: string[] = [];
    for (const runId of await withLongDeadlines(() => runsWithNumber(ctx.db, person.identity)))
      sending.push(...(await takeOutOfRun(ctx, runId, person)));
    if (sending.length === 0 || Date.now() >= until || ctx.closing.aborted) return sending;
    await sleep(lookEveryMs, undefined, { signal: ctx.closing }).catch(() => {});
  }
}

/** Returns the batch that is being sent with the number; the run is as it was then. */
async function takeOutOfRun(ctx: Context, runId: string, person: Person): Promise<string[]> {
  return ctx.db.$transaction(async (tx) => {
    // Nothing of it is cut, claimed or answered meanwhile.
    await lockRunState(tx, runId);
    const place = await findPlace(tx, runId, person.identity);
    if (!place) return [];
    if (place.batchId !== null && place.status === 'sending') return [place.batchId];
    await anonymiseInRun(tx, runId, place, person);
    // Examples of values may be theirs: they tell no number.
    await emptyDoubts(tx, runId);
    return [];
  });
}

/** No callback finds a run with the number any more; those that have found one are waited for. */
async function emptyLogs(ctx: Context, person: Person, isFinished: boolean): Promise<Forgotten> {
  return ctx.db.$transaction(async (tx) => {
    // Nobody keeps a status for one of their ids meanwhile, and others are not learnt any more.
    await lockUsers(tx, await usersOfNumber(tx, person.identity));
    await beginMatching(tx, [person.identity]);
    let messages = 0;
    for (let emptied = statementLogs; emptied === statementLogs; messages += emptied)
      emptied = await anonymiseLogs(tx, person, statementLogs);
    await dropWhatCallbacksTold(tx, person);
    return countForgotten(tx, person.digest, { messages, isFinished });
  });
}

function beingSent([batchId = '']: readonly string[]): SiaranError {
  return new SiaranError(
    'BEING_SENT',
    `Batch ${batchId} with this number is being sent at the moment. Everything else of it is forgotten, and nobody messages it any more: forget it again in a minute.`,
    { retryable: true },
  );
}
