import { parseDelivery } from '../domain/delivery/stored-delivery.js';
import { parseRetryAfterFailure } from '../domain/resending/retry-after-failure.js';
import { mostMessages } from '../domain/runs/message.js';
import type { RunHold, RunHoldKind, RunSettings } from '../domain/runs/run.js';
import { exists, type Sql, sql } from './postgres/sql.js';

export type RunRow = RunSettings & {
  id: string;
  key: string | null;
  createdAt: Date;
  sealedAt: Date | null;
  pausedAt: Date | null;
  cancelledAt: Date | null;
  purgedAt: Date | null;
  /** Its own hold, apart from its account's. */
  heldKind: RunHoldKind | null;
  heldReason: string | null;
  heldAt: Date | null;
  /** Why it is held, or will be once its present hold is lifted, as blocks of it in Redis weren't as they were signed. */
  unverifiedReason: string | null;
  /** Until when its uploaded batches wait, as the next one would start too far ahead. */
  handOverAt: Date | null;
  /** Why it was given up before anything went out. */
  failure: string | null;
  /** Who started it, as the audit log names people. */
  startedBy: string | null;
};

/** As the ledger has it: what it keeps as JSON has to be read. */
type Stored = { delivery: unknown; retryAfterFailure: unknown };
type StoredRun = Omit<RunRow, keyof Stored> & Stored;

function readRow<T extends Stored>(row: T): T & Pick<RunRow, keyof Stored> {
  const { delivery, retryAfterFailure } = row;
  return {
    ...row,
    delivery: parseDelivery(delivery),
    retryAfterFailure: parseRetryAfterFailure(retryAfterFailure),
  };
}

/** What is read of a run, by the names that it has here. */
const columnsRead = sql`
  id, number, key, name, account, template_detail_id AS "templateDetailId", columns, separator, value_policy AS values,
  max_rejected AS "maxRejected", retry_after_failure AS "retryAfterFailure", time_zone AS "timeZone", start_at AS "startAt",
  flush_after_ms AS "flushAfterMs", delivery, skip_missed AS "skipMissed", created_at AS "createdAt", sealed_at AS "sealedAt", paused_at AS "pausedAt",
  cancelled_at AS "cancelledAt", purged_at AS "purgedAt", held_kind AS "heldKind", held_reason AS "heldReason",
  held_at AS "heldAt", unverified_reason AS "unverifiedReason", hand_over_at AS "handOverAt", failure, started_by AS "startedBy"`;

/** A new run, and the number that stands for it in its recipients' rows. */
export type CreatedRun = RunRow & { number: number };

/** Who starts a run, and above how many people that asks for an approval; the ledger may know of a stricter number. */
export type Starter = { startedBy: string | null; approvalAbove: number | undefined };

/** Inserts the run, held if that is given, unless its key is taken; `undefined` then. */
export async function insertRun(
  db: Sql,
  id: string,
  key: string | null,
  settings: RunSettings,
  hold: RunHold | undefined,
  { startedBy, approvalAbove }: Starter,
): Promise<CreatedRun | undefined> {
  const { name, account, templateDetailId, columns, separator, values, maxRejected, timeZone, startAt } = settings;
  const { flushAfterMs, delivery, skipMissed, retryAfterFailure } = settings;
  const { individual } = delivery;
  const mostRecipients = individual?.force === false ? mostMessages : null;
  const retry = retryAfterFailure && JSON.stringify(retryAfterFailure);
  const rows = await db.$queryRaw<(StoredRun & { number: number })[]>`
    /* a run is inserted */ INSERT INTO runs (id, key, name, account, template_detail_id, columns, separator, value_policy, max_rejected, time_zone, start_at,
      flush_after_ms, delivery, skip_missed, one_by_one, most_recipients, retry_after_failure, retry_at, started_by, approval_above,
      held_kind, held_reason, held_at)
    VALUES (${id}, ${key}, ${name}, ${account}, ${templateDetailId}, ${[...columns]}::text[], ${separator}, ${values}, ${maxRejected}, ${timeZone}, ${startAt},
      ${flushAfterMs}, ${JSON.stringify(delivery)}::jsonb, ${skipMissed}, ${individual !== null}, ${mostRecipients}, ${retry}::jsonb,
      /* As soon as it has ended, workers look when its turn comes. */ CASE WHEN ${retry}::text IS NOT NULL THEN 'epoch'::timestamptz END,
      ${startedBy}, ${approvalAbove ?? null}, ${hold?.heldKind ?? null}, ${hold?.heldReason ?? null}, CASE WHEN ${hold !== undefined} THEN clock_timestamp() END)
    ON CONFLICT DO NOTHING RETURNING ${columnsRead}`;
  return rows[0] && readRow(rows[0]);
}

export async function findRun(db: Sql, id: string): Promise<RunRow | null> {
  return (await findRuns(db, [id]))[0] ?? null;
}

/** In the order of these ids; one that isn't there is missing. */
export async function findRuns(db: Sql, ids: readonly string[]): Promise<RunRow[]> {
  const rows = await db.$queryRaw<StoredRun[]>`
    SELECT ${columnsRead} FROM runs WHERE id = ANY(${[...ids]}::text[])`;
  const byId = new Map(rows.map((row) => [row.id, readRow(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function hasRun(db: Sql, id: string): Promise<boolean> {
  return exists(db, sql`SELECT FROM runs WHERE id = ${id}`);
}

export async function findRunByKey(db: Sql, key: string): Promise<RunRow | null> {
  const rows = await db.$queryRaw<StoredRun[]>`SELECT ${columnsRead} FROM runs WHERE key = ${key}`;
  return rows[0] ? readRow(rows[0]) : null;
}

/** Lets a run that is delivered individually take as many recipients as there are. */
export async function forceRun(db: Sql, id: string): Promise<void> {
  await db.$executeRaw`
    UPDATE runs SET delivery = jsonb_set(delivery, '{individual,force}', 'true'), most_recipients = NULL
    WHERE id = ${id} AND delivery #> '{individual,force}' = 'false'`;
}

/**
 * Notes that a new run sends another one again. One at a time of all that send the same again: what the others have can be told only
 * once they are cut. `false`: another one is still being filled.
 */
export async function linkResend(tx: Sql, id: string, resendOf: string): Promise<boolean> {
  await tx.$queryRaw`
    SELECT 1 FROM runs WHERE id IN (SELECT f.id FROM resend_family(${resendOf}) f) AND resend_of IS NULL FOR NO KEY UPDATE`;
  const linked = await tx.$executeRaw`
    /* a run sends another one again */ UPDATE runs SET resend_of = ${resendOf},
      approval_above = least(approval_above, (SELECT first.approval_above FROM runs first WHERE first.id = ${resendOf}))
    WHERE id = ${id} AND NOT is_being_resent(${resendOf}, ${id})`;
  return linked === 1;
}

/** Says that all recipients are in. Sealing twice changes nothing; nor does sealing a run whose audience is being read. */
export async function sealRun(db: Sql, id: string): Promise<void> {
  await db.$executeRaw`
    /* a run is sealed */ UPDATE runs SET sealed_at = clock_timestamp(), drained_at = NULL
    WHERE id = ${id} AND sealed_at IS NULL AND held_kind IS DISTINCT FROM 'preparing'`;
}

/** Everything of it is in, and cut: nothing remains but to deliver it. For a run that was inserted in this transaction. */
export async function sealWholeRun(tx: Sql, id: string): Promise<void> {
  await tx.$executeRaw`UPDATE runs SET sealed_at = clock_timestamp(), drained_at = clock_timestamp() WHERE id = ${id}`;
}

/** A message of it was accepted: from now on several go out at the same time, unless one of them is unknown meanwhile. */
export async function endOneByOne(tx: Sql, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE runs SET one_by_one = false WHERE id = ${id} AND one_by_one AND held_kind IS DISTINCT FROM 'unknown'`;
}

/** A run under its content lock, the number that stands for it in its recipients' rows, and what time Postgres has. */
export type LockedRun = CreatedRun & { now: Date };

/**
 * The run's row lock of a transaction that adds to it. It excludes the others that do, and those that change its state (`FOR UPDATE`);
 * claims pass, which take `FOR KEY SHARE`.
 */
export async function lockRunContent(tx: Sql, id: string): Promise<LockedRun | undefined> {
  const rows = await tx.$queryRaw<(Omit<LockedRun, keyof Stored> & Stored)[]>`
    /* the content of a run is locked */ SELECT ${columnsRead}, clock_timestamp() AS now
    FROM runs WHERE id = ${id} FOR NO KEY UPDATE`;
  return rows[0] && readRow(rows[0]);
}

/** The run's row lock of a transaction that changes what may happen to it: nothing is claimed or chunked until this commits. */
export async function lockRunState(tx: Sql, id: string): Promise<RunRow | undefined> {
  await tx.$queryRaw`/* the state of a run is locked */ SELECT 1 FROM runs WHERE id = ${id} FOR UPDATE`;
  return (await findRun(tx, id)) ?? undefined;
}

/** Stops the run's deliveries. Call it under the run's state lock. */
export async function pauseRun(tx: Sql, id: string): Promise<void> {
  await tx.$executeRaw`UPDATE runs SET paused_at = clock_timestamp() WHERE id = ${id} AND paused_at IS NULL AND cancelled_at IS NULL`;
}

/** Lets a run go on, however it was stopped, unless its audience is still being read: that ends by itself. */
export async function resumeRun(tx: Sql, id: string, next: RunHold | undefined): Promise<void> {
  await tx.$executeRaw`UPDATE runs SET paused_at = NULL WHERE id = ${id}`;
  await liftHold(tx, id, { preparing: false }, next);
}

/** Its audience is in: from now on it goes out, or is held for the next reason. Call it under the run's state lock. */
export async function releasePreparedRun(tx: Sql, id: string, next: RunHold | undefined): Promise<void> {
  await liftHold(tx, id, { preparing: true }, next);
}

/** Lifts a hold of this sort, if there is one, and puts the next one in its place: for blocks that were found meanwhile, or `next`. That it has grown comes first, as nothing tells it later. */
async function liftHold(
  tx: Sql,
  id: string,
  { preparing }: { preparing: boolean },
  next: RunHold | undefined,
): Promise<void> {
  const lifted = await tx.$queryRaw<{ unverifiedReason: string | null }[]>`
    UPDATE runs SET held_kind = NULL, held_reason = NULL, held_at = NULL,
           unverified_reason = CASE WHEN held_kind <> 'unverified' THEN unverified_reason END
    WHERE id = ${id} AND (held_kind = 'preparing') = ${preparing} RETURNING unverified_reason AS "unverifiedReason"`;
  const heldReason = lifted[0]?.unverifiedReason;
  if (heldReason === undefined) return;
  const isNext = heldReason === null || next?.heldKind === 'grown';
  if (!isNext) await holdRun(tx, id, { heldKind: 'unverified', heldReason });
  else if (next) await holdRun(tx, id, next);
}

/** Holds a run back for a reason of its own. Call it under the run's content lock. */
export async function holdRun(tx: Sql, id: string, { heldKind, heldReason }: RunHold): Promise<void> {
  await tx.$executeRaw`
    UPDATE runs SET held_kind = ${heldKind}, held_reason = ${heldReason}, held_at = clock_timestamp() WHERE id = ${id}`;
}

/**
 * Holds a run of which blocks in Redis weren't as they were signed: at once, or as soon as what holds it now is lifted. Call it under
 * the run's content lock.
 */
export async function holdUnverified(tx: Sql, id: string, reason: string): Promise<void> {
  // Told once, until an operator has resumed the run.
  await tx.$executeRaw`
    WITH run AS (
      SELECT id, unverified_reason FROM runs WHERE id = ${id} AND cancelled_at IS NULL
    ), noted AS (
      UPDATE runs SET unverified_reason = ${reason} FROM run WHERE runs.id = run.id
    )
    INSERT INTO notices (event, run_id, detail)
    SELECT 'hold', id, jsonb_build_object('kind', 'unverified', 'reason', ${reason}::text) FROM run WHERE unverified_reason IS NULL`;
  await tx.$executeRaw`
    UPDATE runs SET held_kind = 'unverified', held_reason = ${reason}, held_at = coalesce(held_at, clock_timestamp())
    WHERE id = ${id} AND cancelled_at IS NULL AND (held_kind IS NULL OR held_kind = 'unverified')`;
}

/** Lets nothing of a run be handed over before `until`. Call it under the run's content lock. */
export async function waitWithHandingOver(tx: Sql, id: string, until: Date): Promise<void> {
  await tx.$executeRaw`UPDATE runs SET hand_over_at = ${until} WHERE id = ${id}`;
}

/**
 * Notes whether anything is left to chunk: an intake or a batch that is open, or what was handed in. Call it under the chunking lock
 * with an empty buffer. An intake that was closed since this transaction began, and isn't all absorbed, counts as open: its last
 * rows may have come into the buffer after that was looked at.
 */
export async function noteDrained(tx: Sql, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE runs r SET drained_at = CASE WHEN left_of.nothing THEN clock_timestamp() END
    FROM (
      SELECT (cancelled_at IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM intakes i WHERE i.run_id = runs.id AND i.superseded_at IS NULL AND (i.closed_at IS NULL OR i.is_short AND i.closed_at >= now())))
        AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = runs.id AND b.closed_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM handed_in h WHERE h.run_id = runs.id) AS nothing
      FROM runs WHERE runs.id = ${id}
    ) AS left_of
    WHERE r.id = ${id} AND (r.drained_at IS NOT NULL) <> left_of.nothing`;
}
