import type { Delivery } from '../domain/delivery/delivery.js';
import { parseDelivery } from '../domain/delivery/stored-delivery.js';
import { formsOf, identityOf } from '../domain/numbers/number-identity.js';
import { type RecipientLine, type RecipientValues, writeLine } from '../domain/recipients/recipient.js';
import { type BatchStatus, batchIdOf, partsOfBatchId } from '../domain/runs/batch.js';
import type { Separator } from '../domain/runs/sending.js';
import { nextBatchNumber } from './batches.js';
import { clockFrom, type Database } from './postgres/database.js';
import { type Fragment, type Sql, sql } from './postgres/sql.js';
import { insertRows, moveRecipients, noBatch, replaceRows } from './recipients.js';
import { lockRunContent } from './runs.js';

/** A batch in the hands of one worker, with what it needs to deliver it. */
export type Claim = {
  batchId: string;
  token: string;
  runId: string;
  number: number;
  size: number;
  status: BatchStatus;
  /** One recipient, sent without a file. */
  individual: boolean;
  /** Of an individual run of which no message was accepted yet: the others wait for this one. */
  oneByOne: boolean;
  account: string;
  runName: string;
  templateDetailId: number;
  columns: string[];
  separator: Separator;
  startAt: Date | null;
  /** When it was full, or its run sealed. */
  closedAt: Date;
  skipMissed: boolean;
  /** Whether anything of its run was handed over before. */
  isBegun: boolean;
  delivery: Delivery;
  /** An operator wants it sent however late it is. */
  mayBeLate: boolean;
  /** Its rows, a line each; `null`: the ledger has lost them. */
  lines: string | null;
  /** Whether this claim finds out if a held account works again: it uploads anew, whatever was uploaded before, or sends a message. */
  probing: boolean;
  /** Postgres's clock, which goes on from when it was claimed. A machine that has slept is behind by that: see `intendSend`. */
  now(): Date;
};

/** That a batch is still in the hands of this claim, for the guarded statement that changes it. */
function isOf(claim: Claim): Fragment {
  return sql`id = ${claim.batchId} AND claim_token = ${claim.token}::uuid AND waits(batches)`;
}

/**
 * Takes a batch of one of these accounts that waits and that nobody holds. `undefined`: there is nothing to do here at the moment.
 * The run's row is locked `FOR KEY SHARE`: a pause or cancel that is being committed (`FOR UPDATE`) is waited for and obeyed.
 */
export async function claimBatch(
  db: Sql,
  request: { batchId: string; accounts: readonly string[]; token: string; ttlMs: number; probing: boolean },
): Promise<Claim | undefined> {
  const { batchId, accounts, token, ttlMs, probing } = request;
  const [runId, number] = partsOfBatchId(batchId);
  const rows = await db.$queryRaw<
    (Omit<Claim, 'token' | 'probing' | 'delivery' | 'now'> & { delivery: unknown; told: Date })[]
  >`
    WITH run AS (
      SELECT * FROM runs r WHERE id = ${runId} AND may_go_out(r, ${number}::int) FOR KEY SHARE
    ), claimed AS (
      /* a batch is claimed */ UPDATE batches b SET claim_number = claim_number + 1, claim_token = ${token}::uuid,
             claim_expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond',
             uploads = uploads + CASE WHEN ${probing}::bool OR b.status = 'pending' THEN 1 ELSE 0 END
      FROM run
      WHERE b.id = ${batchId} AND b.run_id = run.id AND b.account = ANY(${accounts}::text[])
        AND may_be_claimed(b, run.hand_over_at, ${probing}::bool) AND account_may_send(b.account, ${probing}::bool)
      RETURNING b.*
    )
    SELECT c.id AS "batchId", c.run_id AS "runId", c.number, c.size, c.status, c.individual, run.one_by_one AS "oneByOne", c.account, run.name AS "runName",
      run.template_detail_id AS "templateDetailId", run.columns, run.separator, run.start_at AS "startAt",
      c.closed_at AS "closedAt", run.delivery, c.may_be_late AS "mayBeLate", run.skip_missed AS "skipMissed",
      run.skip_missed AND EXISTS (SELECT 1 FROM batches o WHERE o.run_id = run.id AND o.attempts > 0) AS "isBegun",
      (SELECT string_agg(lines, chr(10) ORDER BY first_position) FROM batch_rows WHERE batch_id = c.id) AS lines,
      clock_timestamp() AS told
    FROM claimed c, run`;
  if (!rows[0]) return undefined;
  const { told, ...claimed } = rows[0];
  return { ...claimed, delivery: parseDelivery(claimed.delivery), token, probing, now: clockFrom(told) };
}

/** Keeps an upload's claim alive. `false`: it was lost, and whatever this worker does must not count. */
export async function keepClaim(db: Sql, claim: Claim, ttlMs: number): Promise<boolean> {
  const kept = await db.$executeRaw`
    UPDATE batches SET claim_expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    WHERE ${isOf(claim)}`;
  return kept === 1;
}

/** Gives a batch back as it was. Losing the claim meanwhile is no fault: then there is nothing to give back. */
export async function releaseClaim(db: Sql, claim: Claim): Promise<void> {
  await db.$executeRaw`
    UPDATE batches SET claim_token = NULL, claim_expires_at = NULL
    WHERE ${isOf(claim)}`;
}

/** What of a claimed batch remains, a line each, and who is left out of it. */
type LeavingOut = {
  kept: readonly RecipientLine[];
  /** How many lines are left out: before identities were known, a batch could have a person in both forms of a number. */
  dropped: number;
  suppressed: ReadonlySet<string>;
  runNumber: number;
};

/**
 * Takes suppressed recipients out of a batch; they stay in the run, and in no batch. What file it has is out of date then. A
 * late answer of an earlier send still settles it, so that the file's id stays until another one takes its place. A batch of
 * which nobody is left is `cancelled`. Call it under the run's content lock. `false`: the claim was lost, and nothing changed.
 */
export async function leaveOut(tx: Sql, claim: Claim, leaving: LeavingOut): Promise<boolean> {
  const { kept, dropped, suppressed, runNumber } = leaving;
  const isEmpty = kept.length === 0;
  const [status, error] = isEmpty ? ['cancelled', 'everybody in it is suppressed'] : ['pending', null];
  const changed = await tx.$executeRaw`
    UPDATE batches SET status = ${status}, error = coalesce(${error}, error), size = size - ${dropped}::int,
           suppressed = suppressed + ${dropped}::int,
           claim_token = CASE WHEN NOT ${isEmpty} THEN claim_token END,
           claim_expires_at = CASE WHEN NOT ${isEmpty} THEN claim_expires_at END
    WHERE ${isOf(claim)}`;
  if (changed === 0) return false;
  await replaceRows(tx, claim.batchId, kept);
  const from = { batchNumber: claim.number, phoneNumbers: [...suppressed].flatMap(formsOf) };
  const moved = await moveRecipients(tx, runNumber, from, noBatch);
  if (moved !== dropped)
    throw new Error(`batch ${claim.batchId}: ${moved} of ${dropped} suppressed recipients were found`);
  return true;
}

/** A file that was accepted, and how long the claim goes on, to the send. */
export type Upload = { broadcastFileId: number; answer: Record<string, unknown>; ttlMs: number };

/** The file was accepted. `false`: the claim was lost. */
export async function recordUpload(db: Sql, claim: Claim, upload: Upload, refused = 0): Promise<boolean> {
  const recorded = await db.$executeRaw`
    /* an upload is recorded */ UPDATE batches SET status = 'uploaded', broadcast_file_id = ${upload.broadcastFileId}, uploaded_at = clock_timestamp(),
           upload_answer = ${JSON.stringify(upload.answer)}::jsonb, error = NULL, size = size - ${refused},
           claim_expires_at = clock_timestamp() + ${upload.ttlMs} * interval '1 millisecond'
    WHERE ${isOf(claim)}`;
  return recorded === 1;
}

/**
 * The file was accepted without some of its rows: these move to a failed batch of their own. `false`: the claim was lost,
 * and nothing has moved.
 */
export async function recordSplitUpload(
  db: Database,
  claim: Claim,
  upload: Upload,
  { good, bad, words }: { good: readonly RecipientValues[]; bad: readonly RecipientValues[]; words: string },
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const run = await lockRunContent(tx, claim.runId);
    if (!run || !(await recordUpload(tx, claim, upload, bad.length))) return false;
    const number = await nextBatchNumber(tx, claim.runId);
    const batchId = batchIdOf(claim.runId, number);
    await tx.$executeRaw`
      INSERT INTO batches (id, run_id, account, number, size, status, closed_at, error)
      VALUES (${batchId}, ${claim.runId}, ${claim.account}, ${number}, ${bad.length}, 'failed', clock_timestamp(), ${words})`;
    await replaceRows(tx, claim.batchId, good.map(writeLine));
    await insertRows(tx, [{ batchId, firstPosition: 1, lines: bad.map(writeLine) }]);
    const from = { batchNumber: claim.number, phoneNumbers: bad.map(([phoneNumber = '']) => identityOf(phoneNumber)) };
    const moved = await moveRecipients(tx, run.number, from, number);
    if (moved !== bad.length)
      throw new Error(`batch ${claim.batchId}: ${moved} of ${bad.length} refused recipients were found`);
    return true;
  });
}

/** It won't be sent unless an operator retries it, for this reason. `false`: the claim was lost. */
export async function recordFailure(db: Sql, claim: Claim, error: string): Promise<boolean> {
  const recorded = await db.$executeRaw`
    UPDATE batches SET status = 'failed', error = ${error}, claim_token = NULL, claim_expires_at = NULL
    WHERE ${isOf(claim)}`;
  return recorded === 1;
}
