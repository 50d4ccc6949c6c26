import type { Sql } from './postgres/sql.js';

export type NoticeEvent = 'run.finished' | 'run.results' | 'batch.unknown' | 'hold';

/** A notice in the hands of one worker, for one try. `attempt` is the try's number, and its claim. */
export type ClaimedNotice = {
  id: string;
  event: NoticeEvent;
  runId: string | null;
  batchId: string | null;
  /** Set when it is an account that is held. */
  account: string | null;
  /** Why it is held. */
  detail: { kind: string; reason: string } | null;
  createdAt: Date;
  attempt: number;
};

/** What is older than a day is no news any more. */
const freshMs = 86_400_000;

/**
 * Takes notices that are due, the oldest first. Nobody else takes them for `ttlMs`; what isn't recorded by then is tried
 * again by any worker.
 */
export async function claimNotices(db: Sql, limit: number, ttlMs: number): Promise<ClaimedNotice[]> {
  return db.$queryRaw<ClaimedNotice[]>`
    UPDATE notices SET attempts = attempts + 1, next_try_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    WHERE id IN (
      SELECT id FROM notices
      WHERE delivered_at IS NULL AND given_up_at IS NULL AND next_try_at <= clock_timestamp()
        AND created_at > clock_timestamp() - ${freshMs} * interval '1 millisecond'
      ORDER BY next_try_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    RETURNING id::text, event, run_id AS "runId", batch_id AS "batchId", account, detail, created_at AS "createdAt", attempts AS attempt`;
}

/** However late: the receiver has it. */
export async function recordDelivered(db: Sql, id: string): Promise<void> {
  await db.$executeRaw`
    UPDATE notices SET delivered_at = clock_timestamp(), error = NULL WHERE id = ${id}::uuid AND delivered_at IS NULL`;
}

/** This try failed; the next one is due after `waitMs`. If another one has begun meanwhile, that one counts. */
export async function recordUndelivered(
  db: Sql,
  { id, attempt }: ClaimedNotice,
  error: string,
  waitMs: number,
): Promise<void> {
  await db.$executeRaw`
    UPDATE notices SET error = ${error}, next_try_at = clock_timestamp() + ${waitMs} * interval '1 millisecond'
    WHERE id = ${id}::uuid AND attempts = ${attempt} AND delivered_at IS NULL`;
}

type GivenUpNotice = {
  id: string;
  event: NoticeEvent;
  runId: string | null;
  attempts: number;
  error: string | null;
};

/** Gives up what wasn't delivered within a day, and what nobody tried to deliver. */
export async function giveUpOldNotices(db: Sql): Promise<GivenUpNotice[]> {
  return db.$queryRaw<GivenUpNotice[]>`
    UPDATE notices SET given_up_at = clock_timestamp()
    WHERE delivered_at IS NULL AND given_up_at IS NULL AND created_at <= clock_timestamp() - ${freshMs} * interval '1 millisecond'
    RETURNING id::text, event, run_id AS "runId", attempts, error`;
}

export async function deleteOldNotices(db: Sql, olderThanMs: number): Promise<void> {
  await db.$executeRaw`DELETE FROM notices WHERE created_at <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`;
}

/** `givenUp`: within the last day, after they had been tried. `oldestAt` is of those that wait; `error` is the latest one. */
export type NoticeState = { waiting: number; oldestAt: Date | null; givenUp: number; error: string | null };

export async function noticeState(db: Sql): Promise<NoticeState> {
  const rows = await db.$queryRaw<NoticeState[]>`
    WITH undelivered AS (
      SELECT *, given_up_at IS NULL AS waits FROM notices
      WHERE delivered_at IS NULL AND (
        (given_up_at IS NULL AND created_at > clock_timestamp() - ${freshMs} * interval '1 millisecond')
        OR (attempts > 0 AND given_up_at > clock_timestamp() - interval '1 day'))
    )
    SELECT count(*) FILTER (WHERE waits)::int AS waiting, min(created_at) FILTER (WHERE waits) AS "oldestAt",
           count(*) FILTER (WHERE NOT waits)::int AS "givenUp",
           (SELECT error FROM undelivered WHERE error IS NOT NULL ORDER BY next_try_at DESC LIMIT 1) AS error
    FROM undelivered`;
  return rows[0] ?? { waiting: 0, oldestAt: null, givenUp: 0, error: null };
}
