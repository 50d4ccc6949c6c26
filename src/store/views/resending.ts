import { isDigest } from '../../domain/numbers/number-digest.js';
import type { LaterFate, MessageFate } from '../../domain/resending/resend.js';
import { type DeliveryStatus, deliveryStatuses } from '../../domain/statuses/message-state.js';
import { arrayText } from '../postgres/database.js';
import type { Sql } from '../postgres/sql.js';

/** What callbacks tell of the messages of these batches: batch → number → how far it came, and how the latest one failed. */
type ToldFates = ReadonlyMap<string, ReadonlyMap<string, Pick<MessageFate, 'furthest' | 'failure'>>>;

type Row = {
  batchId: string;
  phoneNumber: string;
  rank: number;
  hasFailed: boolean;
  code: number | null;
  at: Date | null;
};

export async function toldFates(db: Sql, batchIds: readonly string[]): Promise<ToldFates> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT batch_id AS "batchId", phone_number::text AS "phoneNumber", max(delivery_rank(status)) AS rank,
           (array_agg(has_failed ORDER BY send DESC, id DESC))[1] AS "hasFailed",
           (array_agg(failed_code ORDER BY send DESC, id DESC))[1] AS code, (array_agg(failed_at ORDER BY send DESC, id DESC))[1] AS at
    FROM broadcast_logs WHERE batch_id = ANY(${[...batchIds]}::text[]) AND phone_number IS NOT NULL GROUP BY batch_id, phone_number`;
  const fates = new Map<string, Map<string, Pick<MessageFate, 'furthest' | 'failure'>>>();
  for (const { batchId, phoneNumber, rank, hasFailed, code, at } of rows) {
    const ofBatch = fates.get(batchId) ?? new Map();
    fates.set(
      batchId,
      ofBatch.set(phoneNumber, { furthest: statusOf(rank), failure: hasFailed ? { code, at } : null }),
    );
  }
  return fates;
}

/** As `delivery_rank` counts. */
function statusOf(rank: number): DeliveryStatus {
  return deliveryStatuses[Math.max(0, rank - 1)] ?? 'scheduled';
}

/** When these batches began, as far as they were handed over. */
export async function beginnings(db: Sql, batchIds: readonly string[]): Promise<ReadonlyMap<string, Date | null>> {
  const rows = await db.$queryRaw<{ id: string; beganAt: Date | null }[]>`
    SELECT id, began_at(b) AS "beganAt" FROM batches b WHERE id = ANY(${[...batchIds]}::text[])`;
  return new Map(rows.map(({ id, beganAt }) => [id, beganAt]));
}

/** Whether another run that sends the same again is still being filled. @param except one that isn't asked about. */
export async function isBeingResent(db: Sql, runId: string, except: string | null): Promise<boolean> {
  const rows = await db.$queryRaw<{ is: boolean }[]>`SELECT is_being_resent(${runId}, ${except}) AS is`;
  return rows[0]?.is === true;
}

/** What became of a number in each other run of the family that has it. */
type LaterFates = ReadonlyMap<string, readonly LaterFate[]>;

/**
 * Which of these numbers other runs have, of all that go back to the same first one; of runs before this one, whom they reached. Whoever is in
 * a batch that never went out, and never will, is left out: nobody has sent to them.
 * @param except the run that is being filled itself.
 */
export async function laterFates(
  db: Sql,
  runId: string,
  identities: readonly string[],
  except: string | null,
): Promise<LaterFates> {
  type LaterRow = { phoneNumber: string; isRefused: boolean; hasFailed: boolean; code: number | null; at: Date | null };
  const rows = await db.$queryRaw<LaterRow[]>`
    SELECT x.phone_number::text AS "phoneNumber", (NOT f.is_before AND b.status = 'failed' AND r.cancelled_at IS NULL) IS TRUE AS "isRefused",
           (l.failed AND NOT f.is_before) IS TRUE AS "hasFailed", l.failed_code AS code, l.failed_at AS at
    FROM resend_family(${runId}) f JOIN runs r ON r.id = f.id JOIN recipients x ON x.run_number = f.number
    LEFT JOIN batches b ON b.run_id = f.id AND b.number = x.batch_number
    LEFT JOIN LATERAL (
      SELECT l.failed_code, l.failed_at, shown_status(l) = 'failed' AS failed FROM broadcast_logs l JOIN batches b ON b.id = l.batch_id
      WHERE l.phone_number = x.phone_number AND b.run_id = f.id ORDER BY l.send DESC, l.id DESC LIMIT 1
    ) AS l ON true
    -- Of the runs before it only whom they reached after all: those whom they didn't are why it was sent.
    WHERE f.id <> ${runId} AND (NOT f.is_before OR EXISTS (
        SELECT 1 FROM broadcast_logs e JOIN batches b ON b.id = e.batch_id
        WHERE e.phone_number = x.phone_number AND b.run_id = f.id AND delivery_rank(e.status) >= delivery_rank('delivered')))
      -- Whatever the batch is: of whom anything was told, they may have the message.
      AND (l.failed IS NOT NULL OR NOT is_unsent_for_good(r, x.batch_number))
      AND f.id IS DISTINCT FROM ${except} AND x.phone_number = ANY(${arrayText(identities.filter((each) => !isDigest(each)))}::bigint[])`;
  const fates = new Map<string, LaterFate[]>();
  for (const { phoneNumber, isRefused, hasFailed, code, at } of rows) {
    const ofNumber = fates.get(phoneNumber) ?? [];
    ofNumber.push(isRefused ? 'refused' : hasFailed ? { code, at } : null);
    fates.set(phoneNumber, ofNumber);
  }
  return fates;
}

/** The run that this one sends again, and those that send this one again, the oldest first. */
export type Resends = {
  /** The run whose recipients it is sent to again; `null`: none. */
  resendOf: string | null;
  /** The runs that are sent to recipients of it again. */
  resends: string[];
};

/** Of each of these runs. */
export async function resendsOfRuns(db: Sql, runIds: readonly string[]): Promise<ReadonlyMap<string, Resends>> {
  const rows = await db.$queryRaw<(Resends & { id: string })[]>`
    SELECT id, resend_of AS "resendOf", ARRAY(SELECT id FROM runs c WHERE c.resend_of = r.id ORDER BY created_at, number) AS resends
    FROM runs r WHERE id = ANY(${[...runIds]}::text[])`;
  return new Map(rows.map(({ id, ...resends }) => [id, resends]));
}
