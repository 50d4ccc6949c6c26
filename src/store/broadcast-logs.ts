import type { Broadcast } from '../domain/statuses/match-message.js';
import type { MessageState } from '../domain/statuses/message-state.js';
import { arrayText } from './postgres/database.js';
import { type Sql, sql } from './postgres/sql.js';
import { type RaisedMessage, type Told, toldText } from './raise-statuses.js';

/**
 * For the rest of the transaction Postgres goes by indexes: a plan from when the logs were few would stay, and read all of them each
 * time.
 */
const byIndexes = sql`
  set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true)`;

/**
 * Has a transaction look for messages and change them: of those about the same messages or numbers, one waits here for the other. Give all
 * keys at once.
 */
export async function beginMatching(tx: Sql, keys: readonly string[]): Promise<void> {
  await tx.$executeRaw`SELECT ${byIndexes}, lock_messages(${[...keys]}::text[])`;
}

/** A message that has a log already. `firstAt` is set if its broadcast was inferred. */
export type KnownMessage = MessageState & {
  messageId: string;
  phoneNumber: string | null;
  logId: bigint;
  account: string;
  firstAt: Date | null;
};

export async function findMessages(tx: Sql, messageIds: readonly string[]): Promise<KnownMessage[]> {
  return tx.$queryRaw<KnownMessage[]>`
    SELECT id AS "logId", account, message_id AS "messageId", status, status_at AS at, has_failed AS "hasFailed", failed_at AS "failedAt", failed_code AS code,
           notes, phone_number::text AS "phoneNumber", first_at AS "firstAt"
    FROM broadcast_logs WHERE message_id = ANY(${[...messageIds]}::text[])`;
}

/** One send of a broadcast that a number was in, with the log that it has of it. */
export type BroadcastOfNumber = Broadcast & {
  phoneNumber: string;
  /** Which send of its batch. */
  send: number;
  log: (Omit<KnownMessage, 'messageId' | 'phoneNumber' | 'account'> & { isProviders: boolean }) | null;
};

/** A number, and when a broadcast that it was in must have begun. Each number is asked for once. */
type NumberInTime = { phoneNumber: string; from: Date; to: Date };

/**
 * Which broadcasts of an account these numbers were in, as far as they were handed over, or may have been, and their message isn't known for
 * certain. A send that an operator found not to have been made is among them: callbacks may tell the opposite. Their runs can't
 * be purged before the transaction ends.
 */
export async function findBroadcasts(
  tx: Sql,
  account: string,
  asked: readonly NumberInTime[],
): Promise<BroadcastOfNumber[]> {
  const first = new Date(Math.min(...asked.map(({ from }) => from.getTime())));
  const last = new Date(Math.max(...asked.map(({ to }) => to.getTime())));
  const numbers = arrayText(asked.map(({ phoneNumber }) => phoneNumber));
  const rows = await tx.$queryRaw<BroadcastRow[]>`
    SELECT phone_number::text AS "phoneNumber", batch_id AS "batchId", run_id AS "runId", send, began_at AS "beganAt",
           (log).id AS "logId", (log).message_id AS "messageId", (log).status, (log).status_at AS at, (log).has_failed AS "hasFailed",
           (log).failed_at AS "failedAt", (log).failed_code AS code, (log).notes, (log).first_at AS "firstAt",
           (log).broadcast_log_id IS NOT NULL AS "isProviders"
    FROM sends_of_numbers(${account}, ${numbers}::bigint[], ${first}::timestamptz, ${last}::timestamptz)`;
  const times = new Map(asked.map((each) => [each.phoneNumber, each]));
  const timely = rows.filter(({ phoneNumber, beganAt }) => {
    const time = times.get(phoneNumber);
    return time !== undefined && time.from <= beganAt && beganAt <= time.to;
  });
  const kept = await keepFromPurge(tx, [...new Set(timely.map(({ runId }) => runId))]);
  return timely.filter(({ runId }) => kept.has(runId)).map(readBroadcast);
}

/** Those of these runs that aren't purged, nor can be before the transaction ends. */
async function keepFromPurge(tx: Sql, runIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (runIds.length === 0) return new Set();
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM runs WHERE id = ANY(${[...runIds]}::text[]) AND purged_at IS NULL ORDER BY id FOR KEY SHARE`;
  return new Set(rows.map(({ id }) => id));
}

type BroadcastRow = Pick<Broadcast, 'batchId' | 'beganAt'> &
  Omit<KnownMessage, 'messageId' | 'logId'> & {
    phoneNumber: string;
    runId: string;
    send: number;
    logId: bigint | null;
    messageId: string | null;
    isProviders: boolean;
  };

function readBroadcast(row: BroadcastRow): BroadcastOfNumber {
  const { phoneNumber, batchId, send, beganAt, logId, messageId, firstAt, isProviders } = row;
  const { status, at, hasFailed, failedAt, code, notes } = row;
  const holder = messageId !== null && firstAt ? { messageId, firstAt } : null;
  const state: MessageState = { status, at, hasFailed, failedAt, code, notes };
  const log = logId === null ? null : { ...state, logId, firstAt, isProviders };
  return { phoneNumber, batchId, send, beganAt, holder, log };
}

/** Takes messages off logs that they were inferred to belong to. What the provider gave a log id stays, without a message. */
export async function takeMessagesAway(tx: Sql, logIds: readonly bigint[]): Promise<void> {
  if (logIds.length === 0) return;
  await tx.$executeRaw`SELECT take_messages_away(${[...logIds]}::bigint[])`;
}

/** A message, and the send that it belongs to as far as can be told. `logId`: the log that is there for it. */
export type MatchedMessage = {
  messageId: string;
  phoneNumber: string;
  batchId: string;
  send: number;
  logId: bigint | null;
  firstAt: Date;
};

/** A message of which is told that it was sent, to whom and when. */
export type SentMessage = { messageId: string; phoneNumber: string; at: Date };

/**
 * Places messages that are told of for the first time, as a transaction of its own, by one statement. It leaves those of which more is
 * known, or whose number was in several broadcasts, or in none. Each message and each number is given once. Returns those that it placed.
 */
export async function placeNewMessages(
  db: Sql,
  account: string,
  sent: readonly SentMessage[],
  { longestMs, differingMs }: { longestMs: number; differingMs: number },
): Promise<RaisedMessage[]> {
  const messageIds = sent.map(({ messageId }) => messageId);
  const numbers = arrayText(sent.map(({ phoneNumber }) => phoneNumber));
  const times = sent.map(({ at }) => at.toISOString());
  return db.$queryRaw<RaisedMessage[]>`
    SELECT * FROM place_new_messages(${account}, ${messageIds}::text[], ${numbers}::bigint[], ${times}::timestamptz[],
      ${longestMs} * interval '1 millisecond', ${differingMs} * interval '1 millisecond')`;
}

/**
 * Notes which batch each message belongs to: on the log that is there for it, or on a new one, which has what is told of it from its
 * beginning: to write it twice costs twice as much. Returns those with a new log.
 */
export async function putMessages(
  tx: Sql,
  placed: readonly MatchedMessage[],
  told: readonly Told[],
): Promise<RaisedMessage[]> {
  if (placed.length === 0) return [];
  const rows = JSON.stringify(
    placed.map((each) => ({ ...each, logId: each.logId === null ? null : String(each.logId) })),
  );
  return tx.$queryRaw<RaisedMessage[]>`
    WITH placed AS (
      SELECT * FROM jsonb_to_recordset(${rows}::jsonb)
        AS placed("messageId" text, "phoneNumber" bigint, "batchId" text, send int, "logId" bigint, "firstAt" timestamptz)
    ), learnt AS (
      UPDATE broadcast_logs SET message_id = "messageId", inferred = true, first_at = "firstAt"
      FROM placed WHERE id = "logId"
    ), whole AS MATERIALIZED (
      -- Without hash and merge joins, Postgres would compare each with each for any other kind of join.
      SELECT * FROM placed FULL JOIN told_once(${toldText(told)}::jsonb) USING ("messageId")
    )
    INSERT INTO broadcast_logs (account, batch_id, send, phone_number, broadcast_job_id, message_id, inferred, first_at,
                                status, status_at, has_failed, failed_at, failed_code, notes)
    SELECT b.account, b.id, send, "phoneNumber", CASE WHEN b.attempts = send THEN b.broadcast_job_id END, "messageId", true, "firstAt",
           coalesce(whole.status, 'scheduled'), at, failed IS TRUE, failed_at, code, notes
    FROM whole JOIN batches b ON b.id = "batchId" WHERE "logId" IS NULL
    RETURNING message_id AS "messageId", phone_number::text AS "phoneNumber",
              status <> 'scheduled' OR status_at IS NOT NULL OR has_failed AS changed`;
}

/** Has a transaction that counts results in several statements add to rows that no other one adds to meanwhile. */
export async function countAlone(tx: Sql): Promise<void> {
  await tx.$executeRaw`SELECT count_alone()`;
}
