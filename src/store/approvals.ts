import { type ApprovalNeed, approvalReason } from '../domain/approval/approval.js';
import { exists, type Sql, sql } from './postgres/sql.js';
import { noBatch } from './recipients.js';

/** How a run stands that needs an approval above some number of people. */
export type StandingApproval = ApprovalNeed & {
  runId: string;
  /** As what it would be approved: another text as soon as anything has changed that was to be approved. */
  state: string;
  /** Whether nothing of it goes out before somebody approves it as it is. */
  isLacking: boolean;
  /** Whether an approver can decide: all of it is there, and nothing else comes first. */
  isAsked: boolean;
  /** Since when it is as it is, as far as that is known. */
  since: Date;
  /** As what it was approved last, by whom, and when. */
  approvedState: string | null;
  approvedBy: string | null;
  approvedAt: Date | null;
  /** The version of its campaign that is approved with it, if the campaign asks for one approval a version. */
  campaignId: string | null;
  version: number | null;
  /** Who made the version of its campaign that the run is of. */
  madeBy: string | null;
};

/** Of these runs, those that need an approval above some number of people, by id. */
export async function approvalsOf(db: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, StandingApproval>> {
  const rows = await db.$queryRaw<StandingApproval[]>`
    SELECT r.id AS "runId", r.approval_above AS above, people_of(r.id)::int AS people, r.sealed_at IS NOT NULL AND r.drained_at IS NOT NULL AS "isWhole",
           r.started_by AS "startedBy", approval_state(r) AS state, approver_of_other_text(r) AS "approvedOtherText",
           lacks_approval(r) AS "isLacking", asks_for_approval(r) AS "isAsked",
           coalesce(r.drained_at, r.sealed_at, r.created_at) AS since, r.approved_state AS "approvedState", r.approved_by AS "approvedBy",
           r.approved_at AS "approvedAt", CASE WHEN f.approve_once THEN f.campaign_id END AS "campaignId",
           CASE WHEN f.approve_once THEN f.version END AS version, f.changed_by AS "madeBy"
    FROM runs r LEFT JOIN LATERAL (
      SELECT campaign_id, version, c.changed_by, c.approve_once FROM firings JOIN campaign_approvable c USING (campaign_id, version)
      WHERE firings.run_id = r.id LIMIT 1) AS f ON true
    WHERE r.id = ANY(${[...ids]}::text[]) AND r.approval_above IS NOT NULL`;
  return new Map(rows.map((row) => [row.runId, row]));
}

/**
 * Approves a run as somebody saw it. `false`: it isn't so any more, or needs no approval, and nothing is changed. Call it under the run's
 * state lock.
 */
export async function approveRun(tx: Sql, id: string, { state, by }: { state: string; by: string }): Promise<boolean> {
  const approved = await tx.$executeRaw`
    /* a run is approved */ UPDATE runs r SET approved_state = approval_state(r), approved_by = ${by}, approved_at = clock_timestamp()
    WHERE id = ${id} AND cancelled_at IS NULL AND purged_at IS NULL AND held_kind IS DISTINCT FROM 'preparing'
      AND lacks_approval(r) AND approval_state(r) = ${state}`;
  return approved === 1;
}

/** All runs of a campaign's version are approved with this one, which was just approved: as long as its template's text stays. */
export async function approveVersion(tx: Sql, runId: string, campaignId: string, version: number): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO campaign_approvals (campaign_id, version, approved_by, template_text)
    SELECT ${campaignId}, ${version}, approved_by, nullif(split_part(approved_state, '.', 2), '') FROM runs WHERE id = ${runId}
    ON CONFLICT (campaign_id, version) DO UPDATE
      SET approved_by = EXCLUDED.approved_by, approved_at = clock_timestamp(), template_text = EXCLUDED.template_text`;
}

/** Whether nothing of the run goes out before it is approved. */
export async function lacksApproval(db: Sql, id: string): Promise<boolean> {
  return exists(db, sql`SELECT FROM runs r WHERE id = ${id} AND lacks_approval(r)`);
}

/** Tells of runs that an approver can decide about, once as they are: one that has changed since is told of again. Returns them. */
export async function noteApprovals(tx: Sql): Promise<string[]> {
  const asked = await tx.$queryRaw<(ApprovalNeed & { id: string })[]>`
    WITH asking AS (
      SELECT id FROM runs r
      WHERE approval_above IS NOT NULL AND finished_at IS NULL AND asks_for_approval(r) AND approval_told IS DISTINCT FROM approval_state(r)
      FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE runs r SET approval_told = approval_state(r) FROM asking WHERE r.id = asking.id
    RETURNING r.id, r.approval_above AS above, people_of(r.id)::int AS people, true AS "isWhole", r.started_by AS "startedBy",
      approver_of_other_text(r) AS "approvedOtherText"`;
  for (const { id, ...need } of asked)
    await tx.$executeRaw`
      INSERT INTO notices (event, run_id, detail)
      VALUES ('hold', ${id}, jsonb_build_object('kind', 'approval', 'reason', ${approvalReason(need)}::text))`;
  return asked.map(({ id }) => id);
}

/** How many people of a run have numbers that begin so: by their first three digits. */
export async function countByStart(db: Sql, runId: string): Promise<[string, number][]> {
  const rows = await db.$queryRaw<{ start: string; count: number }[]>`
    SELECT left(phone_number::text, 3) AS start, count(*)::int AS count FROM recipients
    WHERE run_number = (SELECT number FROM runs WHERE id = ${runId}) AND batch_number <> ${noBatch} GROUP BY 1`;
  return rows.map(({ start, count }) => [start, count]);
}

/** The first rows of a run, as they were taken: a line each. */
export async function firstLines(db: Sql, runId: string, most: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ lines: string }[]>`
    SELECT lines FROM batch_rows rows JOIN batches b ON b.id = rows.batch_id WHERE b.run_id = ${runId}
    ORDER BY b.number, rows.first_position LIMIT ${most}`;
  return rows.flatMap(({ lines }) => lines.split('\n')).slice(0, most);
}
