import { clockFrom } from '../postgres/database.js';
import { type Sql, sql } from '../postgres/sql.js';

/**
 * From now on a draft is not changed any more, and its rows are read into this run. Call it in the transaction that makes the run.
 * `false`: it isn't open any more, or not as whoever confirms it saw it.
 */
export async function confirmDraftRow(
  tx: Sql,
  { id, version }: { id: string; version: number },
  { runId, by }: { runId: string; by: string },
): Promise<boolean> {
  const confirmed = await tx.$executeRaw`
    /* a draft is confirmed */ UPDATE drafts SET state = 'preparing', run_id = ${runId}, confirmed_by = ${by}, confirmed_at = clock_timestamp(),
      updated_at = clock_timestamp()
    WHERE id = ${id}::uuid AND version = ${version} AND state = 'open'`;
  return confirmed === 1;
}

/** Locks a draft, so that of two that confirm it one comes after the other. @returns its run, if it has one and was confirmed as it was seen */
export async function lockDraft(
  tx: Sql,
  { id, version }: { id: string; version: number },
): Promise<string | undefined> {
  const rows = await tx.$queryRaw<{ runId: string | null }[]>`
    /* a draft is locked to be confirmed */ SELECT CASE WHEN version = ${version} THEN run_id END AS "runId" FROM drafts WHERE id = ${id}::uuid FOR UPDATE`;
  return rows[0]?.runId ?? undefined;
}

/** A confirmed draft in the hands of one worker, which reads its rows into its run. */
export type DraftClaim = {
  id: string;
  token: string;
  runId: string;
  name: string;
  columns: string[];
  /** For how many people it was confirmed. */
  people: number;
  decidedAt: Date;
  /** Postgres's clock, which goes on from when it was claimed. */
  now(): Date;
};

/**
 * Takes the confirmed draft that has waited longest for its rows to be read, and that nobody is at.
 * @param audiences the names of those that this process can read.
 */
export async function claimDraft(
  db: Sql,
  { token, ttlMs, audiences }: { token: string; ttlMs: number; audiences: readonly string[] },
): Promise<DraftClaim | undefined> {
  const rows = await db.$queryRaw<(Omit<DraftClaim, 'token' | 'now'> & { told: Date })[]>`
    WITH waiting AS (
      SELECT d.id, r.columns FROM drafts d JOIN runs r ON r.id = d.run_id
      WHERE d.state = 'preparing' AND r.paused_at IS NULL AND (d.claim_expires_at IS NULL OR d.claim_expires_at <= clock_timestamp())
        AND (d.audience IS NULL OR d.audience = ANY(${[...audiences]}::text[]))
      ORDER BY d.confirmed_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED
    )
    /* a draft is claimed */ UPDATE drafts d SET claim_token = ${token}::uuid, claim_expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    FROM waiting w WHERE d.id = w.id
    RETURNING d.id::text AS id, d.run_id AS "runId", d.name, w.columns, (d.checked ->> 'people')::int AS people, d.confirmed_at AS "decidedAt", clock_timestamp() AS told`;
  if (!rows[0]) return undefined;
  const { told, ...claim } = rows[0];
  return { ...claim, token, now: clockFrom(told) };
}

/** That a draft is still in the hands of this claim, for the guarded statement that changes it. */
const isOf = ({ token }: DraftClaim) => sql`claim_token = ${token}::uuid AND state = 'preparing'`;

/** `false`: the claim was lost, and whatever this worker does must not count. */
export async function keepDraft(db: Sql, claim: DraftClaim, ttlMs: number): Promise<boolean> {
  const kept = await db.$executeRaw`
    UPDATE drafts SET claim_expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond' WHERE ${isOf(claim)}`;
  return kept === 1;
}

/** Another worker may read the rows, from their beginning, after `waitMs`. */
export async function releaseDraft(db: Sql, claim: DraftClaim, waitMs: number): Promise<void> {
  await db.$executeRaw`
    UPDATE drafts SET claim_token = NULL, claim_expires_at = clock_timestamp() + ${waitMs} * interval '1 millisecond'
    WHERE ${isOf(claim)}`;
}

/** Ends the reading; the file has done its service, and is removed. `false`: the claim was lost. */
export async function endDraft(tx: Sql, claim: DraftClaim, state: 'started' | 'failed'): Promise<boolean> {
  const ended = await tx.$executeRaw`
    /* a draft is over */ UPDATE drafts SET state = ${state}, claim_token = NULL, claim_expires_at = NULL, updated_at = clock_timestamp()
    WHERE ${isOf(claim)}`;
  if (ended === 1) await tx.$executeRaw`DELETE FROM draft_parts WHERE draft_id = ${claim.id}::uuid`;
  return ended === 1;
}
