import type { TemplateTrouble } from '../domain/statuses/template-trouble.js';
import { addAudit } from './audit-log.js';
import type { Sql } from './postgres/sql.js';

/** A run whose next turn this worker has in hand, until its claim runs out. */
export type RetryClaim = {
  runId: string;
  token: string;
  /** The first run of its family. */
  rootId: string;
  /** Which turn of the family it would be. */
  turn: number;
};

/**
 * Claims an ended run that is to be looked at, the one that has waited longest. A claim that has run out is another worker's to take.
 * `undefined`: there is none.
 */
export async function claimRetry(db: Sql, token: string, ttlMs: number): Promise<RetryClaim | undefined> {
  // Not clock_timestamp(): Postgres looks a value up in an index only if it stays the same for the whole statement.
  const rows = await db.$queryRaw<RetryClaim[]>`
    /* a retry is claimed */ UPDATE runs r SET retry_claim = ${token}::uuid, retry_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    WHERE id = (
      SELECT id FROM runs WHERE retry_at <= now() AND finished_at IS NOT NULL AND paused_at IS NULL
      ORDER BY retry_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING id AS "runId", ${token} AS token, retry_turn + 1 AS turn,
      (SELECT o.id FROM resend_family(r.id) f JOIN runs o ON o.id = f.id WHERE o.resend_of IS NULL) AS "rootId"`;
  return rows[0];
}

/** Keeps a claim. `false`: it is another worker's by now. */
export async function keepRetry(db: Sql, { runId, token }: RetryClaim, ttlMs: number): Promise<boolean> {
  const kept = await db.$executeRaw`
    UPDATE runs SET retry_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond' WHERE id = ${runId} AND retry_claim = ${token}::uuid`;
  return kept === 1;
}

/** How a run stands that is to be sent again. */
export type RetryStand = {
  now: Date;
  /** Nothing of it goes on. */
  isEnded: boolean;
  /** When its last broadcast began; if none did, when it ended. */
  lastStart: Date;
  /** Its template was found not to get through after it had ended. */
  isTemplateOut: boolean;
  /** The code that most of its messages failed with. */
  mainFailure: TemplateTrouble | null;
};

export async function retryStand(db: Sql, runId: string): Promise<RetryStand> {
  const rows = await db.$queryRaw<RetryStand[]>`
    SELECT clock_timestamp() AS now, EXISTS (SELECT 1 FROM ended_runs e WHERE e.id = r.id) AND r.finished_at IS NOT NULL AS "isEnded",
      coalesce((SELECT max(began_at(b)) FROM batches b WHERE b.run_id = r.id AND is_handed_over(b)), r.finished_at, clock_timestamp()) AS "lastStart",
      coalesce(r.template_held_at >= r.finished_at, false) AS "isTemplateOut",
      (SELECT jsonb_build_object('code', nullif(code, 0), 'failed', sum(failed),
                                 'told', (SELECT sum(sent + failed) FROM run_results WHERE run_id = r.id))
       FROM run_failures WHERE run_id = r.id GROUP BY code ORDER BY sum(failed) DESC, code LIMIT 1) AS "mainFailure"
    FROM runs r WHERE r.id = ${runId}`;
  if (!rows[0]) throw new Error(`run ${runId} is gone`);
  return rows[0];
}

/** When the latest message of a run failed with a code, of those until `until`. */
export async function lastFailureWith(db: Sql, runId: string, code: number, until: Date): Promise<Date | null> {
  const rows = await db.$queryRaw<{ at: Date | null }[]>`
    SELECT max(l.failed_at) AS at FROM batches b JOIN broadcast_logs l ON l.batch_id = b.id
    WHERE b.run_id = ${runId} AND l.failed_code = ${code} AND l.failed_at <= ${until}`;
  return rows[0]?.at ?? null;
}

/** Looks again at that time. `reason`: what it waits for, if not for its turn. `false`: the claim was lost. */
export async function postponeRetry(
  db: Sql,
  { runId, token }: RetryClaim,
  until: Date,
  reason: string | null,
): Promise<boolean> {
  const postponed = await db.$executeRaw`
    UPDATE runs SET retry_at = ${until}, retry_claim = NULL, retry_reason = ${reason} WHERE id = ${runId} AND retry_claim = ${token}::uuid`;
  return postponed === 1;
}

/**
 * Takes the turn for a run that was inserted in this transaction: if the claim still stands, and the run before it has ended and was
 * neither paused, cancelled nor purged meanwhile. `false`: nothing may be made. Noted in the audit log with it.
 */
export async function takeTurn(tx: Sql, claim: RetryClaim, resendId: string, detail: object): Promise<boolean> {
  const { runId, token, turn } = claim;
  const taken = await tx.$executeRaw`
    /* a turn is taken */ UPDATE runs SET retry_reason = NULL
    WHERE id = ${runId} AND retry_claim = ${token}::uuid AND retry_turn = ${turn} - 1 AND finished_at IS NOT NULL
      AND paused_at IS NULL AND cancelled_at IS NULL AND purged_at IS NULL
      AND EXISTS (SELECT 1 FROM ended_runs e WHERE e.id = runs.id)`;
  if (taken !== 1) return false;
  const numbered = await tx.$executeRaw`
    UPDATE runs SET retry_turn = ${turn}, retry_at = CASE WHEN ${turn} < (retry_after_failure ->> 'times')::int THEN retry_at END
    WHERE id = ${resendId} AND resend_of = ${runId}`;
  if (numbered !== 1) return false;
  await addAudit(tx, { ...byItself, target: runId, detail });
  return true;
}

/** Of what workers decide by themselves. */
const byItself = { actor: 'Siaran', action: 'retry after failure' };

export type RetryOutcome = 'sent_again' | 'nobody' | 'stopped';

/** Decides the turn. `false`: the claim was lost, and another worker decides. That nothing was sent is noted in the audit log. */
export async function decideRetry(
  tx: Sql,
  { runId, token, turn }: RetryClaim,
  outcome: RetryOutcome,
  reason: string | null,
): Promise<boolean> {
  const decided = await tx.$executeRaw`
    UPDATE runs SET retry_at = NULL, retry_claim = NULL, retry_outcome = ${outcome}, retry_reason = ${reason}
    WHERE id = ${runId} AND retry_claim = ${token}::uuid AND retry_outcome IS NULL`;
  if (decided !== 1) return false;
  if (outcome !== 'sent_again') await addAudit(tx, { ...byItself, target: runId, detail: { turn, outcome, reason } });
  return true;
}

/**
 * Stops every turn that may have been taken already, by a ledger that was newer than this one is: it can't have come sooner than so long
 * after its run was made. Returns the runs.
 */
export async function stopForgottenRetries(tx: Sql, reason: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ runId: string }[]>`
    WITH stopped AS (
      UPDATE runs SET retry_at = NULL, retry_claim = NULL, retry_outcome = 'stopped', retry_reason = ${reason}
      WHERE retry_at IS NOT NULL
        AND created_at <= clock_timestamp() - (retry_after_failure ->> 'afterMs')::bigint * interval '1 millisecond'
      RETURNING id, retry_turn + 1 AS turn
    ), noted AS (
      INSERT INTO audit_entries (actor, action, target, detail, status)
      SELECT ${byItself.actor}, ${byItself.action}, id, jsonb_build_object('turn', turn, 'outcome', 'stopped', 'reason', ${reason}::text), 200
      FROM stopped
    )
    SELECT id AS "runId" FROM stopped ORDER BY id`;
  return rows.map(({ runId }) => runId);
}

/** The run that a turn was taken with, by its key; `undefined`: none was. */
export async function findTurn(
  db: Sql,
  { runId, turn }: RetryClaim,
  key: string,
): Promise<{ id: string; sealedAt: Date | null } | undefined> {
  const rows = await db.$queryRaw<{ id: string; sealedAt: Date | null }[]>`
    SELECT id, sealed_at AS "sealedAt" FROM runs WHERE key = ${key} AND resend_of = ${runId} AND retry_turn = ${turn}`;
  return rows[0];
}

/** What has become of a run's turn, as it is kept. */
export type StoredRetry = {
  turn: number;
  at: Date | null;
  outcome: RetryOutcome | null;
  reason: string | null;
  isEnded: boolean;
  isPaused: boolean;
  runId: string | null;
};

/** Of those of these runs that ask to be sent again. */
export async function retriesOf(db: Sql, runIds: readonly string[]): Promise<ReadonlyMap<string, StoredRetry>> {
  const rows = await db.$queryRaw<(StoredRetry & { id: string })[]>`
    SELECT id, retry_turn AS turn, nullif(retry_at, 'epoch') AS at, retry_outcome AS outcome, retry_reason AS reason,
      finished_at IS NOT NULL AS "isEnded", paused_at IS NOT NULL AS "isPaused",
      (SELECT id FROM runs n WHERE n.resend_of = r.id AND n.retry_turn = r.retry_turn + 1) AS "runId"
    FROM runs r WHERE id = ANY(${[...runIds]}::text[]) AND retry_after_failure IS NOT NULL`;
  return new Map(rows.map(({ id, ...retry }) => [id, retry]));
}
