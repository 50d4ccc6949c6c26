import type { Delivery } from '../domain/delivery/delivery.js';
import { parseDelivery } from '../domain/delivery/stored-delivery.js';
import { isDigest } from '../domain/numbers/number-digest.js';
import { identityIn } from '../domain/recipients/recipient.js';
import type { MovedBy } from '../domain/timing/batch-start.js';
import { type Attempt, clockToleranceMs } from './attempts.js';
import type { Claim } from './claims.js';
import { forgottenAmong } from './forgotten.js';
import { logsOfAnswers, type ToldLogs, withCodes } from './message-logs.js';
import { clockFrom, type Database } from './postgres/database.js';
import { sql } from './postgres/sql.js';
import { Together } from './postgres/together.js';

/** A message that waits, as it was read: nobody has claimed it. `version`: another one as soon as anything of its batch changes. */
export type WaitingMessage = Claim & { version: string };

/** It isn't one, or not an ordinary one: it goes the way of all batches. */
type Unusual = 'unusual';

/** Its run is locked at the moment, by somebody who adds to it or stops it: ask again soon. */
type Locked = 'locked';

/** That a message is to be sent, by whom, and when; `decidedAt` is the instant by which that was decided. */
type MessageIntent = {
  message: WaitingMessage;
  worker: string;
  decidedAt: Date;
  startedAt: Date | null;
  movedBy: MovedBy | null;
  ttlMs: number;
};

/** That Qiscus has accepted a message. */
type AcceptedMessage = ToldLogs & { batchId: string; token: string; httpStatus: number | null };

/**
 * Single messages that a worker delivers at the same time share their statements; each has its own batch, attempt and token, and each
 * statement asks of each message what is asked of one alone. A group waits for nobody: a message that somebody else has locked, or that
 * isn't as ordinary as can be, is left out, and goes the way of all batches.
 */
export class MessageGroups {
  readonly #read: Together<string, WaitingMessage | Unusual | undefined>;
  readonly #intend: Together<MessageIntent, Attempt | Locked | undefined>;
  readonly #accept: Together<AcceptedMessage, { troubled: boolean } | undefined>;

  /** @param accounts those that are delivered for. */
  constructor(db: Database, accounts: readonly string[]) {
    this.#read = new Together((batchIds) => readMessages(db, batchIds, accounts));
    this.#intend = new Together((intents) => intendMessages(db, intents));
    this.#accept = new Together((accepted) => acceptMessages(db, accepted));
  }

  /** A message that waits and that nobody holds. `undefined`: nothing is to be done with it now. @param token of the send that is to be. */
  async read(batchId: string, token: string): Promise<WaitingMessage | Unusual | undefined> {
    const message = await this.#read.do(batchId);
    return typeof message === 'object' ? { ...message, token } : message;
  }

  /** As `claimBatch` and `intendSend` in one. `undefined`: nothing has changed, and it must not be sent by this. */
  intend(intent: MessageIntent): Promise<Attempt | Locked | undefined> {
    return this.#intend.do(intent);
  }

  /** As `recordAnswer` and `insertBroadcastLogs` in one, of a message that waits for its first answer. `undefined`: nothing has changed. */
  accept(accepted: AcceptedMessage): Promise<{ troubled: boolean } | undefined> {
    return this.#accept.do(accepted);
  }
}

type ReadRow = Omit<WaitingMessage, 'token' | 'probing' | 'delivery' | 'now'> & {
  delivery: unknown;
  told: Date;
  mayBeForgotten: boolean;
  isOrdinary: boolean;
};

async function readMessages(
  db: Database,
  batchIds: readonly string[],
  accounts: readonly string[],
): Promise<(WaitingMessage | Unusual | undefined)[]> {
  const rows = await db.$queryRaw<ReadRow[]>`
    /* messages are read */ SELECT b.id AS "batchId", b.xmin::text AS version, b.run_id AS "runId", b.number, b.size, b.status, b.individual,
           r.one_by_one AS "oneByOne", b.account, r.name AS "runName", r.template_detail_id AS "templateDetailId", r.columns, r.separator,
           r.start_at AS "startAt", b.closed_at AS "closedAt", r.delivery, b.may_be_late AS "mayBeLate", r.skip_missed AS "skipMissed",
           false AS "isBegun", rows.lines, forgotten.key IS NOT NULL AS "mayBeForgotten", clock_timestamp() AS told,
           b.size = 1 AND rows.lines IS NOT NULL AND NOT r.one_by_one AND NOT r.skip_missed AS "isOrdinary"
    FROM batches b JOIN runs r ON r.id = b.run_id LEFT JOIN batch_rows rows ON rows.batch_id = b.id AND b.individual
    CROSS JOIN (SELECT key_of_forgotten() AS key) AS forgotten
    WHERE b.id = ANY(${batchIds}::text[]) AND b.account = ANY(${accounts}::text[]) AND may_be_claimed(b, r.hand_over_at, false)
      AND may_go_out(r, b.number) AND account_may_send(b.account, false)`;
  const ordinary = rows.filter(({ isOrdinary }) => isOrdinary);
  const mayBeForgotten = ordinary.some((row) => row.mayBeForgotten);
  const identities = ordinary.map(({ lines }) => identityIn(lines ?? ''));
  const forgotten = mayBeForgotten ? await forgottenAmong(db, identities) : new Map<string, string>();
  const found = new Map<string, WaitingMessage | Unusual>(rows.map(({ batchId }) => [batchId, 'unusual']));
  for (const { told, mayBeForgotten: _, isOrdinary: __, ...row } of ordinary) {
    const identity = identityIn(row.lines ?? '');
    if (isDigest(identity) || forgotten.has(identity)) continue;
    const delivery = readDelivery(row.delivery);
    if (delivery) found.set(row.batchId, { ...row, delivery, token: '', probing: false, now: clockFrom(told) });
  }
  return batchIds.map((batchId) => found.get(batchId));
}

/** `undefined`: this version can't read it, and says so when it claims that message alone. */
function readDelivery(stored: unknown): Delivery | undefined {
  try {
    return parseDelivery(stored);
  } catch {
    return undefined;
  }
}

type IntendedRow = Omit<Attempt, 'broadcastFileId' | 'id'> & { id: bigint | null; isLocked: boolean };

/**
 * The runs are locked `FOR SHARE`: of a run of messages no intent is committed between a hold and its commit. Nothing is waited for, so
 * that what is looked at is as it is now.
 */
async function intendMessages(
  db: Database,
  intents: readonly MessageIntent[],
): Promise<(Attempt | Locked | undefined)[]> {
  const [first] = intents;
  const asked = intents.map(({ message, decidedAt, startedAt, movedBy }) => {
    const { batchId, runId, number, version, token, lines } = message;
    const phoneNumber = identityIn(lines ?? '');
    return { batchId, runId, number, version, token, phoneNumber, decidedAt, startedAt, movedBy };
  });
  // As lists too: from the JSON alone Postgres can't tell how few rows are wanted, and looks at all that wait.
  const [batchIds, runIds] = [asked.map(({ batchId }) => batchId), asked.map(({ runId }) => runId)];
  const rows = await db.$queryRaw<IntendedRow[]>`
    /* the intent of a send */ WITH asked AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS asked("batchId" TEXT, "runId" TEXT, number INTEGER,
        version TEXT, token UUID, "phoneNumber" BIGINT, "decidedAt" TIMESTAMPTZ, "startedAt" TIMESTAMPTZ, "movedBy" TEXT)
    ), unlocked AS MATERIALIZED (
      SELECT r AS run FROM runs r WHERE id = ANY(${runIds}::text[]) FOR SHARE OF r SKIP LOCKED
    ), run AS (
      SELECT asked.*, (run).name, (run).hand_over_at FROM unlocked JOIN asked ON asked."runId" = (run).id
      WHERE NOT (run).one_by_one AND may_go_out(run, asked.number)
    ), waiting AS (
      SELECT run.*, b.ctid AS place FROM batches b JOIN run ON run."batchId" = b.id
      WHERE b.id = ANY(${batchIds}::text[]) AND b.xmin::text = run.version AND b.individual AND may_be_claimed(b, run.hand_over_at, false) AND NOT is_contradicted(b)
        AND account_may_send(b.account, false)
        AND run."decidedAt" BETWEEN clock_timestamp() - ${clockToleranceMs} * interval '1 millisecond'
          AND clock_timestamp() + ${clockToleranceMs} * interval '1 millisecond'
        AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.phone_number = run."phoneNumber")
      FOR NO KEY UPDATE OF b SKIP LOCKED
    ), sending AS (
      UPDATE batches b SET status = 'sending', attempts = attempts + 1, uploads = uploads + 1, claim_number = claim_number + 1,
             claim_token = waiting.token, started_at = waiting."startedAt", error = NULL, moved_by = waiting."movedBy",
             handed_over_at = clock_timestamp(), claim_expires_at = clock_timestamp() + ${first?.ttlMs ?? 0} * interval '1 millisecond'
      FROM waiting WHERE b.ctid = waiting.place
      RETURNING b.id, b.attempts, b.claim_token, b.started_at, waiting.name
    ), attempt AS (
      INSERT INTO attempts (batch_id, number, token, worker, broadcast_name, started_at)
      SELECT id, attempts, claim_token, ${first?.worker ?? ''}, '[' || id || '.' || attempts || '] ' || name, started_at FROM sending
      RETURNING id, batch_id, number, token, broadcast_name, started_at
    )
    SELECT asked.token, attempt.id, attempt.number, attempt.broadcast_name AS "broadcastName", attempt.started_at AS "startedAt",
           ARRAY(SELECT token::text FROM attempts a WHERE a.batch_id = attempt.batch_id AND token IS NOT NULL) AS "earlierTokens",
           asked."runId" NOT IN (SELECT (run).id FROM unlocked) AS "isLocked"
    FROM asked LEFT JOIN attempt USING (token)`;
  // By its token: somebody else of the group may be about to send the same message.
  const intended = new Map(rows.map((row) => [row.token, row]));
  return intents.map(({ message: { token } }) => {
    const { id = null, isLocked, ...row } = intended.get(token) ?? {};
    if (isLocked) return 'locked';
    return id === null ? undefined : { ...(row as IntendedRow), id, broadcastFileId: null };
  });
}

/**
 * Batches are changed in the place where they were locked, as in `intendMessages`: a plan that was made while there were few would look
 * through all of them for each. Messages are locked in one go, in the order in which callbacks lock them, before a log of theirs is looked for.
 */
async function acceptMessages(
  db: Database,
  accepted: readonly AcceptedMessage[],
): Promise<({ troubled: boolean } | undefined)[]> {
  const told = accepted.map((message) => ({ ...message, logs: withCodes(message.logs) }));
  // Its state in a CASE: an index of all that is being sent would be looked through for it.
  const tokens = accepted.map(({ token }) => token);
  const batchIds = accepted.map(({ batchId }) => batchId);
  const keys = accepted.flatMap(({ phoneNumber, logs }) => [phoneNumber, ...logs.map(({ messageId }) => messageId)]);
  const rows = await db.$queryRaw<{ token: string; troubled: boolean }[]>`
    /* the answer to a send */ WITH told AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(told)}::jsonb)
        AS told(token UUID, "httpStatus" INTEGER, "broadcastJobId" BIGINT, "phoneNumber" BIGINT, logs JSONB)
    ), attempt AS (
      SELECT told.*, a.id, a.batch_id, a.number AS send FROM attempts a JOIN told ON told.token = a.token
      WHERE a.token = ANY(${tokens}::uuid[]) AND a.answered_at IS NULL FOR UPDATE OF a SKIP LOCKED
    ), run AS (
      SELECT attempt.*, r.account, r.number AS run_number, r.purged_at
      FROM attempt JOIN runs r ON r.id = (SELECT run_id FROM batches WHERE id = attempt.batch_id) FOR KEY SHARE OF r SKIP LOCKED
    ), waiting AS (
      SELECT run.*, b.ctid AS place FROM batches b JOIN run ON run.batch_id = b.id
      WHERE b.id = ANY(${batchIds}::text[]) AND CASE b.status WHEN 'sending' THEN b.attempts END = run.send AND b.claim_token = run.token FOR NO KEY UPDATE OF b SKIP LOCKED
    ), settled AS (
      UPDATE batches b SET error = NULL, claim_token = NULL, claim_expires_at = NULL, broadcast_job_id = waiting."broadcastJobId",
             broadcast_job = NULL, sent_by_evidence = false, status = 'scheduled', scheduled_at = clock_timestamp()
      FROM waiting WHERE b.ctid = waiting.place RETURNING waiting.*
    ), answered AS (
      UPDATE attempts a SET answered_at = clock_timestamp(), outcome = 'scheduled', http_status = settled."httpStatus",
             broadcast_job_id = settled."broadcastJobId", error = NULL, extra = false, declared_unsent = false
      FROM settled WHERE a.id = settled.id AND a.token = ANY(${tokens}::uuid[])
    ), locked AS MATERIALIZED (
      SELECT length(lock_messages(${keys}::text[])::text) AS nothing
    ), logged AS (
      ${logsOfAnswers(sql`
        SELECT account, batch_id, send, run_number, purged_at, "phoneNumber" + nothing AS phone_number, "broadcastJobId" AS broadcast_job_id, logs
        FROM settled CROSS JOIN locked`)}
    )
    SELECT token, EXISTS (SELECT 1 FROM accounts a WHERE a.name = settled.account AND unknown_streak > 0)
             OR EXISTS (SELECT 1 FROM holds h WHERE h.account = settled.account) AS troubled
    FROM settled`;
  const settled = new Map(rows.map(({ token, troubled }) => [token, { troubled }]));
  return accepted.map(({ token }) => settled.get(token));
}
