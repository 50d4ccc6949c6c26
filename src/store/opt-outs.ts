import type { OptOut, OptOutKind, OptOutThreshold } from '../domain/statuses/opt-outs.js';
import { forgottenAmong } from './forgotten.js';
import { int8Array } from './postgres/database.js';
import { join, type Sql, sql } from './postgres/sql.js';
import { addSuppressions, dropOptOuts } from './suppressions.js';

/** Somebody opted out, or wants messages again. */
export type OptOutOfNumber = OptOut & { phoneNumber: string };

/** What puts a number on the list. */
type Reason = Exclude<OptOutKind, 'resume'>;

const reasons: Readonly<Record<Reason, string>> = {
  status: 'opted out, as WhatsApp says (131050)',
  preference: 'wants no marketing messages, as WhatsApp says',
  stop_word: 'asked by a reply to be left alone',
};

/** As much as one statement takes. */
const statementNumbers = 1_000;

/**
 * Why a number of `opt_outs o` is on the suppression list: its owner asked for it, and for nothing else since. It is WhatsApp's time that
 * counts, and not when it was told; of two at the same time the opt-out. An account's customers resume what they told that account.
 */
const stands = sql`(o.kind <> 'resume' AND NOT o.held AND o.undone_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM opt_outs r WHERE r.phone_number = o.phone_number AND r.account = o.account AND r.kind = 'resume'
    AND NOT r.held AND r.undone_at IS NULL AND r.asked_at > o.asked_at))`;

/**
 * Keeps who opted out or wants messages again, each source once, and has the suppression list follow. Beyond what is ordinary, and while any
 * are held, they are held: an operator decides, who is told by a notice. Of people who were forgotten nothing is written.
 */
export async function recordOptOuts(
  tx: Sql,
  account: string,
  { aMinute, ofHandedOver }: OptOutThreshold,
  given: readonly OptOutOfNumber[],
): Promise<void> {
  const numbers = given.map(({ phoneNumber }) => phoneNumber);
  if (numbers.length === 0) return;
  const forgotten = await forgottenAmong(tx, numbers);
  const optOuts = given.filter(({ phoneNumber }) => !forgotten.has(phoneNumber));
  if (optOuts.length === 0) return;
  await lockNumbers(tx, numbers);
  const rows = await tx.$queryRaw<{ phoneNumber: string; held: boolean }[]>`
    WITH ordinary AS (
      SELECT greatest(${aMinute}::float8, ${ofHandedOver}::float8 * coalesce(sum(size), 0)) AS most FROM batches
      WHERE account = ${account} AND is_handed_over(batches)
        AND began_at(batches) > clock_timestamp() - interval '72 hours'
    ), lately AS (
      SELECT count(*) AS count FROM opt_outs WHERE account = ${account} AND came_at > clock_timestamp() - interval '1 minute'
    ), fresh AS (
      SELECT told.*, row_number() OVER () AS place
      FROM jsonb_to_recordset(${JSON.stringify(optOuts)}::jsonb) AS told("phoneNumber" bigint, kind text, reference text, "askedAt" timestamptz)
      WHERE NOT EXISTS (SELECT 1 FROM opt_outs o WHERE o.account = ${account} AND o.phone_number = "phoneNumber" AND o.kind = told.kind AND o.reference = told.reference)
    )
    INSERT INTO opt_outs (account, phone_number, kind, reference, batch_id, asked_at, held)
    SELECT ${account}, "phoneNumber", kind, reference, (SELECT batch_id FROM broadcast_logs WHERE message_id = reference),
           -- One of the future would overrule whatever is asked for until then.
           least("askedAt", clock_timestamp()),
           lately.count + place > ordinary.most OR EXISTS (SELECT 1 FROM opt_outs WHERE account = ${account} AND held)
    FROM fresh, lately, ordinary ORDER BY "phoneNumber", reference COLLATE "C" ON CONFLICT DO NOTHING
    RETURNING phone_number::text AS "phoneNumber", held`;
  const applied = rows.filter(({ held }) => !held);
  await followOptOuts(tx, applied);
  if (applied.length < rows.length) await tellHeld(tx, account);
}

/** A recipient opted out, as the answer to a message tells. */
type AnsweredOptOut = { account: string; phoneNumber: string; batchId: string; reference: string };

/** Keeps who opted out by the answer to a message. Nobody can forge that, so it is never held. */
export async function recordAnsweredOptOut(tx: Sql, optOut: AnsweredOptOut): Promise<void> {
  const { account, phoneNumber, batchId, reference } = optOut;
  if ((await forgottenAmong(tx, [phoneNumber])).has(phoneNumber)) return;
  await lockNumbers(tx, [phoneNumber]);
  const rows = await tx.$queryRaw<{ phoneNumber: string }[]>`
    INSERT INTO opt_outs (account, phone_number, kind, reference, batch_id, held)
    VALUES (${account}, ${BigInt(phoneNumber)}, 'status', ${reference}, ${batchId}, false)
    ON CONFLICT DO NOTHING RETURNING phone_number::text AS "phoneNumber"`;
  await followOptOuts(tx, rows);
}

/** What changes the opt-outs of a number waits here for others that do: each has to see what the others wrote. The last lock but rows. */
async function lockNumbers(tx: Sql, numbers: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(1667329127, place)
    FROM (SELECT DISTINCT (number & 63)::int AS place FROM unnest(${int8Array(numbers)}::bigint[]) AS number ORDER BY place) AS places`;
}

async function lockAllNumbers(tx: Sql): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(1667329127, place) FROM generate_series(0, 63) AS place`;
}

/** Has the suppression list say what stands of the opt-outs of these numbers. Returns how many numbers went from it. */
async function followOptOuts(tx: Sql, changed: readonly { phoneNumber: string }[]): Promise<number> {
  const numbers = [...new Set(changed.map(({ phoneNumber }) => phoneNumber))];
  let removed = 0;
  for (let at = 0; at < numbers.length; at += statementNumbers)
    removed += await followThose(tx, numbers.slice(at, at + statementNumbers));
  return removed;
}

async function followThose(tx: Sql, numbers: readonly string[]): Promise<number> {
  const standing = await tx.$queryRaw<{ phoneNumber: string; kind: Reason }[]>`
    SELECT DISTINCT ON (o.phone_number) o.phone_number::text AS "phoneNumber", o.kind FROM opt_outs o
    WHERE o.phone_number = ANY(${int8Array(numbers)}::bigint[]) AND ${stands} ORDER BY o.phone_number, o.asked_at DESC, o.id DESC`;
  await addSuppressions(
    tx,
    standing.map(({ phoneNumber, kind }) => ({ phoneNumber, reason: reasons[kind], source: 'opt_out' })),
  );
  const isStanding = new Set(standing.map(({ phoneNumber }) => phoneNumber));
  const others = numbers.filter((number) => !isStanding.has(number));
  if (others.length === 0) return 0;
  // Who was listed by a program that keeps no opt-outs stays there, unless they have asked for messages since.
  const unkept = await tx.$queryRaw<{ phoneNumber: string }[]>`
    SELECT s.phone_number::text AS "phoneNumber" FROM suppressions s
    WHERE s.phone_number = ANY(${int8Array(others)}::bigint[]) AND s.source = 'opt_out'
      AND NOT EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone_number = s.phone_number AND o.kind <> 'resume')
      AND NOT EXISTS (SELECT 1 FROM opt_outs r WHERE r.phone_number = s.phone_number AND r.kind = 'resume'
        AND NOT r.held AND r.undone_at IS NULL AND r.asked_at >= s.added_at)`;
  const stays = new Set(unkept.map(({ phoneNumber }) => phoneNumber));
  return dropOptOuts(
    tx,
    others.filter((number) => !stays.has(number)),
  );
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

/** How many wait for an operator. */
export type HeldOptOuts = { account: string; optOuts: number; since: string };

export async function heldOptOuts(db: Sql, account: string | undefined): Promise<HeldOptOuts[]> {
  const rows = await db.$queryRaw<{ account: string; optOuts: number; since: Date }[]>`
    SELECT account, count(*)::int AS "optOuts", min(came_at) AS since FROM opt_outs
    WHERE held AND (${account ?? null}::text IS NULL OR account = ${account ?? null}) GROUP BY account ORDER BY account`;
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/** Puts on the list what held ones ask for, and takes off it, or drops them. Returns how many there were. */
export async function settleHeldOptOuts(tx: Sql, account: string, decision: 'apply' | 'discard'): Promise<number> {
  await lockAllNumbers(tx);
  const rows = await tx.$queryRaw<{ phoneNumber: string }[]>`
    UPDATE opt_outs SET held = false, undone_at = CASE WHEN ${decision} = 'discard' THEN clock_timestamp() END
    WHERE held AND account = ${account} RETURNING phone_number::text AS "phoneNumber"`;
  if (decision === 'apply') await followOptOuts(tx, rows);
  return rows.length;
}

/** An operator lets these numbers be messaged again: what their owners asked for until now counts no more. Held ones wait for a decision still. */
export async function endOptOuts(tx: Sql, numbers: readonly string[]): Promise<void> {
  await lockNumbers(tx, numbers);
  await tx.$executeRaw`
    UPDATE opt_outs SET undone_at = clock_timestamp()
    WHERE phone_number = ANY(${int8Array(numbers)}::bigint[]) AND kind <> 'resume' AND undone_at IS NULL AND NOT held`;
}

/** Which opt-outs are meant: those that fit all that is given. */
export type OptOutSource = {
  account?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  batchId?: string | undefined;
  messageId?: string | undefined;
};

/**
 * Undoes opt-outs, and that their owners want messages again. Numbers that stand on the list for no other reason go from it; returns how many
 * opt-outs and numbers these are.
 */
export async function undoOptOuts(tx: Sql, source: OptOutSource): Promise<{ optOuts: number; removed: number }> {
  const { account, since, until, batchId, messageId } = source;
  const conditions = [
    ...(account === undefined ? [] : [sql`account = ${account}`]),
    ...(since === undefined ? [] : [sql`came_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`came_at <= ${until}`]),
    ...(batchId === undefined ? [] : [sql`batch_id = ${batchId}`]),
    ...(messageId === undefined ? [] : [sql`reference = ${messageId}`]),
  ];
  await lockAllNumbers(tx);
  const undone = await tx.$queryRaw<{ phoneNumber: string }[]>`
    UPDATE opt_outs SET undone_at = clock_timestamp()
    WHERE undone_at IS NULL AND NOT held AND ${join(conditions, ' AND ')} RETURNING phone_number::text AS "phoneNumber"`;
  return { optOuts: undone.length, removed: await followOptOuts(tx, undone) };
}
