import { isDigest } from '../domain/numbers/number-digest.js';
import { identityOf } from '../domain/numbers/number-identity.js';
import { findForgetting, forgottenAmong } from './forgotten.js';
import { arrayText, int8Array } from './postgres/database.js';
import { columns, type Fragment, type Sql, sql } from './postgres/sql.js';

/** Who put a number on the list: an operator, or its owner by opting out. `forgotten`: its owner was forgotten; the entry is permanent. */
export type SuppressionSource = 'operator' | 'opt_out' | 'forgotten';

/** A number that is never to be messaged again. */
type Suppression = {
  /** E.164 digits without `+`. The list holds and shows the number's identity. */
  phoneNumber: string;
  /** Why. */
  reason: string;
  /** Who put it on the list. */
  source: SuppressionSource;
  /** By which all of an import is undone; absent: it came otherwise. */
  importId?: string;
};

const forgottenReason = 'asked to be forgotten';

/**
 * Puts numbers on the list. One that stands there already keeps its reason, unless its owner opted out since; that of somebody who was
 * forgotten isn't written. Returns how many are new.
 */
export async function addSuppressions(tx: Sql, given: readonly Suppression[]): Promise<number> {
  const identities = given.map(({ phoneNumber }) => identityOf(phoneNumber));
  const forgotten = given.length === 0 ? new Map() : await forgottenAmong(tx, identities);
  return addKnownSuppressions(
    tx,
    given.filter((_, at) => !forgotten.has(identities[at] ?? '')),
  );
}

/** As `addSuppressions`, in a transaction that has found out that nobody of these was forgotten. */
async function addKnownSuppressions(tx: Sql, given: readonly Suppression[]): Promise<number> {
  // Postgres refuses to change a row twice in one statement.
  const suppressions = [...new Map(given.map((each) => [identityOf(each.phoneNumber), each]))];
  if (suppressions.length === 0) return 0;
  const numbers = suppressions.map(([identity]) => identity);
  const reasons = suppressions.map(([, { reason }]) => reason);
  const sources = suppressions.map(([, { source }]) => source);
  const imports = suppressions.map(([, { importId }]) => importId ?? null);
  // In one order, so that two of these can't wait for each other.
  const rows = await tx.$queryRaw<{ isNew: boolean }[]>`
    INSERT INTO suppressions AS listed (phone_number, reason, source, import_id)
    SELECT phone_number, reason, source, import_id
    FROM unnest(${arrayText(numbers)}::bigint[], ${reasons}::text[], ${sources}::text[], ${imports}::text[])
      AS added(phone_number, reason, source, import_id)
    ORDER BY phone_number ON CONFLICT (phone_number) DO UPDATE
    -- What an operator asks for again stays when the import is undone. The same file again takes the place of the first time.
    SET import_id = CASE WHEN ${isOptOutOnly} OR coalesce(listed.operator_reason, listed.reason) = excluded.reason THEN excluded.import_id END,
        operator_reason = CASE WHEN listed.source = 'opt_out' THEN coalesce(listed.operator_reason, excluded.reason) END
    WHERE excluded.source = 'operator'
      AND (${isOptOutOnly} OR (listed.import_id IS NOT NULL AND listed.import_id IS DISTINCT FROM excluded.import_id))
    RETURNING xmax = 0 AS "isNew"`;
  await noteOptOuts(
    tx,
    suppressions.filter(([, { source }]) => source === 'opt_out'),
  );
  return rows.filter(({ isNew }) => isNew).length;
}

/** Nobody but its owner has put a number on the list. */
const isOptOutOnly = sql`(listed.source = 'opt_out' AND listed.operator_reason IS NULL)`;

/** What an operator wrote is kept beside it: an opt-out can be taken back, which takes no entry of an operator away. */
async function noteOptOuts(db: Sql, optOuts: readonly (readonly [identity: string, Suppression])[]): Promise<void> {
  if (optOuts.length === 0) return;
  const identities = arrayText(optOuts.map(([identity]) => identity));
  const reasons = optOuts.map(([, { reason }]) => reason);
  await db.$executeRaw`
    UPDATE suppressions AS listed SET source = 'opt_out', reason = told.reason, operator_reason = listed.reason
    FROM (
      SELECT s.phone_number, given.reason FROM suppressions s
      JOIN unnest(${identities}::bigint[], ${reasons}::text[]) AS given(phone_number, reason) ON given.phone_number = s.phone_number
      WHERE s.source = 'operator' ORDER BY s.phone_number FOR UPDATE OF s
    ) AS told
    WHERE listed.phone_number = told.phone_number AND listed.source = 'operator'`;
}

/**
 * Takes opt-outs off the list that count no more. A number that an operator has put there too stays, for the operator's reason. Returns how
 * many went.
 */
export async function dropOptOuts(tx: Sql, identities: readonly string[]): Promise<number> {
  if (identities.length === 0) return 0;
  const numbers = arrayText(identities);
  await tx.$executeRaw`
    UPDATE suppressions SET source = 'operator', reason = operator_reason, operator_reason = NULL
    WHERE phone_number IN (
      SELECT phone_number FROM suppressions
      WHERE phone_number = ANY(${numbers}::bigint[]) AND source = 'opt_out' AND operator_reason IS NOT NULL ORDER BY phone_number FOR UPDATE)`;
  return tx.$executeRaw`
    DELETE FROM suppressions WHERE phone_number IN (
      SELECT listed.phone_number FROM suppressions AS listed
      WHERE listed.phone_number = ANY(${numbers}::bigint[]) AND ${isOptOutOnly} ORDER BY listed.phone_number FOR UPDATE)`;
}

/** Takes numbers off the list. Returns how many stood there. */
export async function removeSuppressions(db: Sql, phoneNumbers: readonly string[]): Promise<number> {
  return db.$executeRaw`
    DELETE FROM suppressions WHERE phone_number IN (
      SELECT phone_number FROM suppressions WHERE phone_number = ANY(${arrayText(phoneNumbers.map(identityOf))}::bigint[])
      ORDER BY phone_number FOR UPDATE)`;
}

/**
 * Takes off the list what an import put there, but for people who opted out and whom an operator has put there for another reason as well.
 * Returns how many went, and how many stay for their opt-out only.
 */
export async function removeImported(tx: Sql, importId: string): Promise<{ removed: number; stayed: number }> {
  const stayed = await tx.$executeRaw`
    UPDATE suppressions SET operator_reason = NULL, import_id = NULL
    WHERE phone_number IN (
      SELECT phone_number FROM suppressions WHERE import_id = ${importId} AND source = 'opt_out' ORDER BY phone_number FOR UPDATE)`;
  const removed = await tx.$executeRaw`
    DELETE FROM suppressions WHERE phone_number IN (
      SELECT phone_number FROM suppressions WHERE import_id = ${importId} AND source = 'operator' ORDER BY phone_number FOR UPDATE)`;
  return { removed, stayed };
}

/** Takes a number off the list if it stands there as the operator saw it. Returns whether it did. */
export async function removeSuppression(db: Sql, { phoneNumber, source, addedAt }: SuppressionView): Promise<boolean> {
  const removed = await db.$executeRaw`
    DELETE FROM suppressions
    WHERE phone_number = ${BigInt(identityOf(phoneNumber))} AND source = ${source} AND date_trunc('milliseconds', added_at) = ${new Date(addedAt)}`;
  return removed === 1;
}

/** A number on the suppression list. */
export type SuppressionView = Omit<Suppression, 'importId'> & {
  /** Since when, ISO 8601 in UTC. */
  addedAt: string;
};

/** A page of the list, in the order of the numbers. */
export async function suppressionsAfter(db: Sql, after: string | undefined, limit: number): Promise<SuppressionView[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT ${ofRow} FROM suppressions WHERE phone_number > ${BigInt(after ?? 0)} ORDER BY phone_number LIMIT ${limit}`;
  return rows.map(readSuppression);
}

/** Why and since when a number stands on the list, if it does. */
export async function findSuppression(db: Sql, phoneNumber: string): Promise<SuppressionView | undefined> {
  const identity = identityOf(phoneNumber);
  const rows = await db.$queryRaw<Row[]>`SELECT ${ofRow} FROM suppressions WHERE phone_number = ${BigInt(identity)}`;
  if (rows[0]) return readSuppression(rows[0]);
  const forgetting = await findForgetting(db, identity);
  return forgetting ? { phoneNumber, reason: forgottenReason, source: 'forgotten', addedAt: forgetting.at } : undefined;
}

type Row = { phoneNumber: bigint; reason: string; source: string; addedAt: Date };
const ofRow = columns('phone_number reason source added_at');

function readSuppression({ phoneNumber, reason, source, addedAt }: Row): SuppressionView {
  return {
    phoneNumber: String(phoneNumber),
    reason,
    source: source as SuppressionSource,
    addedAt: addedAt.toISOString(),
  };
}

/** Whether there is anybody whom nobody may message: most batches need no other look. */
export async function isAnybodySuppressed(db: Sql): Promise<boolean> {
  const rows = await db.$queryRaw<{ any: boolean }[]>`
    SELECT key_of_forgotten() IS NOT NULL OR EXISTS (SELECT 1 FROM suppressions) AS any`;
  return rows[0]?.any === true;
}

/** Which of these identities nobody may message: those on the list, and those of people who were forgotten. */
export async function suppressedAmong(db: Sql, identities: readonly string[]): Promise<ReadonlySet<string>> {
  const forgotten = await forgottenAmong(db, identities);
  return new Set([...(await listedAmong(db, identities)), ...forgotten.keys(), ...identities.filter(isDigest)]);
}

/** Which of these identities stand on the list themselves. */
export async function listedAmong(db: Sql, identities: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ phoneNumber: string }[]>`
    SELECT phone_number::text AS "phoneNumber" FROM suppressions
    WHERE phone_number = ANY(${int8Array(identities)}::bigint[])`;
  return new Set(rows.map((row) => row.phoneNumber));
}

/** The condition that none of these identities stands on the list. */
export function noneIsSuppressed(identities: readonly string[]): Fragment {
  return sql`NOT EXISTS (SELECT 1 FROM suppressions WHERE phone_number = ANY(${int8Array(identities)}::bigint[]))`;
}
