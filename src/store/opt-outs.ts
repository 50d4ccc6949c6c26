import { forgottenAmong } from './forgotten.js';
import { arrayText } from './postgres/database.js';
import { join, type Sql, sql } from './postgres/sql.js';
import { addKnownSuppressions, addSuppressions, optOutReason, type Suppression } from './suppressions.js';

export type OptOutKind = 'status' | 'preference' | 'stop_word';

/** Somebody opted out. `reference`: the message's id, or the instant of a preference. */
export type OptOut = { phoneNumber: string; kind: OptOutKind; reference: string };

const reasons: Readonly<Record<OptOutKind, string>> = {
  status: optOutReason,
  preference: 'wants no marketing messages, as WhatsApp says',
  stop_word: 'asked by a reply to be left alone',
};

/** So many of an account within a minute are ordinary, or such a part of what it handed over within three days. */
const mostAMinute = 50;
const mostOfHandedOver = 0.05;

/**
 * Puts who opted out on the suppression list, each source once. Beyond what is ordinary, and while any are held, they are held: an
 * operator decides, who is told by a notice. Of people who were forgotten nothing is written.
 */
export async function recordOptOuts(tx: Sql, account: string, given: readonly OptOut[]): Promise<void> {
  if (given.length === 0) return;
  const forgotten = await forgottenAmong(
    tx,
    given.map(({ phoneNumber }) => phoneNumber),
  );
  const optOuts = given.filter(({ phoneNumber }) => !forgotten.has(phoneNumber));
  if (optOuts.length === 0) return;
  const rows = await tx.$queryRaw<{ phoneNumber: string; kind: OptOutKind; held: boolean }[]>`
    WITH ordinary AS (
      SELECT greatest(${mostAMinute}::float8, ${mostOfHandedOver}::float8 * coalesce(sum(size), 0)) AS most FROM batches
      WHERE account = ${account} AND status IN ('sending', 'unknown', 'scheduled')
        AND coalesce(started_at, handed_over_at) > clock_timestamp() - interval '72 hours'
    ), lately AS (
      SELECT count(*) AS count FROM opt_outs WHERE account = ${account} AND came_at > clock_timestamp() - interval '1 minute'
    ), fresh AS (
      SELECT told.*, row_number() OVER () AS place
      FROM jsonb_to_recordset(${JSON.stringify(optOuts)}::jsonb) AS told("phoneNumber" bigint, kind text, reference text)
      WHERE NOT EXISTS (SELECT 1 FROM opt_outs o WHERE o.account = ${account} AND o.phone_number = "phoneNumber" AND o.kind = told.kind AND o.reference = told.reference)
    )
    INSERT INTO opt_outs (account, phone_number, kind, reference, batch_id, held)
    SELECT ${account}, "phoneNumber", kind, reference, (SELECT batch_id FROM broadcast_logs WHERE message_id = reference),
           lately.count + place > ordinary.most OR EXISTS (SELECT 1 FROM opt_outs WHERE account = ${account} AND held)
    FROM fresh, lately, ordinary ORDER BY "phoneNumber", reference COLLATE "C" ON CONFLICT DO NOTHING
    RETURNING phone_number::text AS "phoneNumber", kind, held`;
  const applied = rows.filter(({ held }) => !held);
  await addKnownSuppressions(tx, suppressionsOf(applied));
  if (applied.length < rows.length) await tellHeld(tx, account);
}

/** Each number once. */
function suppressionsOf(optOuts: readonly { phoneNumber: string; kind: OptOutKind }[]): Suppression[] {
  const byNumber = new Map(optOuts.map((optOut) => [optOut.phoneNumber, optOut]));
  return [...byNumber.values()].map(({ phoneNumber, kind }) => {
    return { phoneNumber, reason: reasons[kind], source: 'opt_out' };
  });
}

/** One notice an hour: the first of them is what an operator has to hear of. */
async function tellHeld(tx: Sql, account: string): Promise<void> {
  const reason = `More opt-outs came within a minute than are ordinary. They are not on the suppression list: see siaran suppress held --account ${account}`;
  await tx.$executeRaw`
    INSERT INTO notices (event, account, detail)
    SELECT 'hold', ${account}, jsonb_build_object('kind', 'opt_outs', 'reason', ${reason}::text)
    WHERE NOT EXISTS (
      SELECT 1 FROM notices WHERE event = 'hold' AND account = ${account} AND detail->>'kind' = 'opt_outs' AND created_at > clock_timestamp() - interval '1 hour')`;
}

/** Takes numbers off the list whose owners want messages again, unless they opted out since, or an operator put them there. */
export async function resumeNumbers(tx: Sql, numbers: readonly { phoneNumber: string; at: Date }[]): Promise<void> {
  for (const { phoneNumber, at } of numbers)
    await tx.$executeRaw`
      DELETE FROM suppressions WHERE phone_number = ${BigInt(phoneNumber)} AND source = 'opt_out' AND added_at <= ${at}`;
}

/** How many wait for an operator. */
export type HeldOptOuts = { account: string; optOuts: number; since: string };

export async function heldOptOuts(db: Sql, account: string | undefined): Promise<HeldOptOuts[]> {
  const rows = await db.$queryRaw<{ account: string; optOuts: number; since: Date }[]>`
    SELECT account, count(*)::int AS "optOuts", min(came_at) AS since FROM opt_outs
    WHERE held AND (${account ?? null}::text IS NULL OR account = ${account ?? null}) GROUP BY account ORDER BY account`;
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/** Puts held ones on the list, or drops them. Returns how many there were. */
export async function settleHeldOptOuts(tx: Sql, account: string, decision: 'apply' | 'discard'): Promise<number> {
  const rows = await tx.$queryRaw<{ phoneNumber: string; kind: OptOutKind }[]>`
    UPDATE opt_outs SET held = false, undone_at = CASE WHEN ${decision} = 'discard' THEN clock_timestamp() END
    WHERE held AND account = ${account} RETURNING phone_number::text AS "phoneNumber", kind`;
  if (decision === 'apply') await addSuppressions(tx, suppressionsOf(rows));
  return rows.length;
}

/** Which opt-outs are meant: those that fit all that is given. */
export type OptOutSource = {
  account?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  batchId?: string | undefined;
  messageId?: string | undefined;
};

/** Undoes opt-outs. Numbers that stand on the list for no other reason go from it; returns how many opt-outs and numbers these are. */
export async function undoOptOuts(tx: Sql, source: OptOutSource): Promise<{ optOuts: number; removed: number }> {
  const { account, since, until, batchId, messageId } = source;
  const conditions = [
    ...(account === undefined ? [] : [sql`account = ${account}`]),
    ...(since === undefined ? [] : [sql`came_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`came_at <= ${until}`]),
    ...(batchId === undefined ? [] : [sql`batch_id = ${batchId}`]),
    ...(messageId === undefined ? [] : [sql`reference = ${messageId}`]),
  ];
  const undone = await tx.$queryRaw<{ phoneNumber: string }[]>`
    UPDATE opt_outs SET undone_at = clock_timestamp()
    WHERE undone_at IS NULL AND NOT held AND ${join(conditions, ' AND ')} RETURNING phone_number::text AS "phoneNumber"`;
  const numbers = arrayText([...new Set(undone.map(({ phoneNumber }) => phoneNumber))]);
  const removed = await tx.$executeRaw`
    DELETE FROM suppressions s WHERE s.phone_number = ANY(${numbers}::bigint[]) AND s.source = 'opt_out'
      AND NOT EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone_number = s.phone_number AND o.undone_at IS NULL AND NOT o.held)`;
  return { optOuts: undone.length, removed };
}
