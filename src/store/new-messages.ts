import { identityIn, type RecipientLine } from '../domain/recipients/recipient.js';
import { type BatchStatus, batchIdOf } from '../domain/runs/batch.js';
import { mostMessages } from '../domain/runs/message.js';
import type { RunSettings } from '../domain/runs/run.js';
import { forgottenAmong } from './forgotten.js';
import { newIntakeId } from './intakes.js';
import type { Database } from './postgres/database.js';
import type { Sql } from './postgres/sql.js';
import { Together } from './postgres/together.js';
import type { Starter } from './runs.js';

/** A run of one message, under an id that was drawn for it. */
type NewMessage = {
  runId: string;
  key: string | null;
  settings: RunSettings;
  starter: Starter;
  line: RecipientLine;
};

/** What became of a message: its batch, and the latest log of it. */
type MessageFate = {
  status: BatchStatus;
  broadcastJobId: number | null;
  broadcastLogId: number | null;
  error: string | null;
};

/** Single messages that a program hands in at the same time, and what becomes of them: they share their statements. */
export class NewMessages {
  readonly #insert: Together<NewMessage, boolean>;
  readonly #look: Together<string, MessageFate | undefined>;

  constructor(db: Database) {
    this.#insert = new Together((messages) => insertMessages(db, messages));
    this.#look = new Together((batchIds) => fatesOf(db, batchIds));
  }

  /**
   * Inserts the run with its only batch, sealed. `false`: its key or id is taken, or its recipient was forgotten, and nothing was inserted.
   * If it throws, nobody knows.
   */
  insert(message: NewMessage): Promise<boolean> {
    return this.#insert.do(message);
  }

  /** `undefined`: there is no such batch. */
  fate(batchId: string): Promise<MessageFate | undefined> {
    return this.#look.do(batchId);
  }
}

/** Nobody was forgotten, mostly: then one statement is a transaction of its own. */
async function insertMessages(db: Database, messages: readonly NewMessage[]): Promise<boolean[]> {
  const ids = (await insertUnlessForgotten(db, messages, false)) ?? (await insertOthers(db, messages));
  return messages.map(({ runId }) => ids.has(runId));
}

/** Inserts those whose recipient was not forgotten; nobody else is forgotten meanwhile. */
async function insertOthers(db: Database, messages: readonly NewMessage[]): Promise<ReadonlySet<string>> {
  return db.$transaction(async (tx) => {
    const identities = messages.map(({ line }) => identityIn(line));
    const forgotten = await forgottenAmong(tx, identities);
    const others = messages.filter((_, at) => !forgotten.has(identities[at] ?? ''));
    return (await insertUnlessForgotten(tx, others, true)) ?? new Set();
  });
}

/**
 * They are inserted in the order of their keys, so that two groups with the same ones don't wait for each other. Returns the ids of runs that
 * were inserted. `undefined`: somebody was forgotten, which nobody has looked up, and nothing was inserted.
 */
async function insertUnlessForgotten(
  sql: Sql,
  messages: readonly NewMessage[],
  isLookedUp: boolean,
): Promise<ReadonlySet<string> | undefined> {
  const asked = messages.map(({ runId, key, settings, starter, line }) => {
    const mostRecipients = settings.delivery.individual?.force === false ? mostMessages : null;
    const [phoneNumber, batchId, intakeId] = [identityIn(line), batchIdOf(runId, 1), newIntakeId()];
    return { ...settings, ...starter, runId, key, line, phoneNumber, mostRecipients, batchId, intakeId };
  });
  const rows = await sql.$queryRaw<{ mayGo: boolean; ids: string[] }[]>`
      /* messages are inserted */ WITH forgetting AS MATERIALIZED (
        -- Its lock comes before anything is inserted, and what it returns is as it is then.
        SELECT ${isLookedUp}::boolean OR key_of_forgotten() IS NULL AS "mayGo"
      ), asked AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS asked("runId" TEXT, key TEXT, name TEXT, account TEXT,
          "templateDetailId" INTEGER, columns TEXT[], separator TEXT, "values" TEXT, "startAt" TIMESTAMPTZ, "timeZone" TEXT, delivery JSONB,
          "mostRecipients" INTEGER, "startedBy" TEXT, "approvalAbove" INTEGER, line TEXT, "phoneNumber" BIGINT, "batchId" TEXT, "intakeId" TEXT)
      ), run AS (
        INSERT INTO runs (id, key, name, account, template_detail_id, columns, separator, value_policy, start_at, time_zone, delivery,
                          most_recipients, started_by, approval_above, is_message, sealed_at, drained_at)
        SELECT "runId", key, name, account, "templateDetailId", columns, separator, "values", "startAt", "timeZone", delivery, "mostRecipients",
               "startedBy", "approvalAbove", true, clock_timestamp(), clock_timestamp()
        FROM asked WHERE (SELECT "mayGo" FROM forgetting) ORDER BY key, "runId" ON CONFLICT DO NOTHING RETURNING id, number
      ), new AS (
        SELECT asked.*, run.number FROM run JOIN asked ON "runId" = id
      ), batch AS (
        INSERT INTO batches (id, run_id, account, individual, number, size, closed_at)
        SELECT "batchId", "runId", account, true, 1, 1, clock_timestamp() FROM new
      ), recipient AS (
        INSERT INTO recipients (run_number, batch_number, phone_number) SELECT number, 1, "phoneNumber" FROM new
      ), row AS (
        INSERT INTO batch_rows (batch_id, first_position, lines) SELECT "batchId", 1, line FROM new
      ), intake AS (
        INSERT INTO intakes (id, run_id, source, generation, blocks, rows, absorbed_to, absorbed_rows, closed_at)
        SELECT "intakeId", "runId", 'message', 1, 1, 1, 1, 1, clock_timestamp() FROM new
      )
      SELECT "mayGo", ARRAY(SELECT id FROM run) AS ids FROM forgetting`;
  return rows[0]?.mayGo ? new Set(rows[0].ids) : undefined;
}

type FateRow = Pick<MessageFate, 'status' | 'error'> & { batchId: string; job: bigint | null; log: bigint | null };

async function fatesOf(db: Database, batchIds: readonly string[]): Promise<(MessageFate | undefined)[]> {
  const rows = await db.$queryRaw<FateRow[]>`
    SELECT id AS "batchId", status, error, broadcast_job_id AS job,
           (SELECT broadcast_log_id FROM broadcast_logs l WHERE l.batch_id = b.id ORDER BY l.id DESC LIMIT 1) AS log
    FROM batches b WHERE id = ANY(${batchIds}::text[])`;
  const numberOf = (told: bigint | null) => (told === null ? null : Number(told));
  const fates = new Map(
    rows.map(({ batchId, status, error, job, log }) => [
      batchId,
      { status, error, broadcastJobId: numberOf(job), broadcastLogId: numberOf(log) },
    ]),
  );
  return batchIds.map((batchId) => fates.get(batchId));
}
