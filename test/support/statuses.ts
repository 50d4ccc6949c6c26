import { randomUUID } from 'node:crypto';
import { type HeardStatus, readCallback } from '../../src/domain/statuses/callback.js';
import type { CallbackCounts } from '../../src/pipeline/statuses/receive-callback.js';
import { CallbackGroups } from '../../src/pipeline/statuses/receive-together.js';
import { insertBroadcastLogs } from '../../src/store/message-logs.js';
import { finished, phoneNumber, type Rig } from './rig.js';

/** One status as WhatsApp writes it. */
export type Item = {
  id: string;
  status: string;
  timestamp?: number | string;
  recipient_id?: string;
  recipient_user_id?: string;
  errors?: object[];
};

export function item(id: string, status: string, at?: Date, number?: string, code?: number): Item {
  return {
    ...{ id, status },
    ...(at && { timestamp: String(Math.floor(at.getTime() / 1000)) }),
    ...(number !== undefined && { recipient_id: number }),
    ...(code !== undefined && { errors: [{ code, title: `title of ${code}` }] }),
  };
}

export function readItems(items: readonly Item[]): HeardStatus[] {
  const reading = readCallback({ statuses: items });
  if (reading.kind !== 'statuses') throw new Error(`read as ${reading.kind}`);
  return reading.statuses;
}

export function tell(rig: Rig, ...items: Item[]): Promise<CallbackCounts> {
  return tellAs(rig, 'default', ...items);
}

export function tellAs(rig: Rig, account: string, ...items: Item[]): Promise<CallbackCounts> {
  return new CallbackGroups(rig.ctx).receive(account, readItems(items));
}

/** A delivered run of these numbers, whose broadcasts began so many hours ago. */
export async function delivered(rig: Rig, numbers: readonly string[], hoursAgo: number): Promise<string> {
  const { runId } = await rig.siaran.broadcast({
    ...{ name: `${hoursAgo} hours ago`, templateDetailId: 172, columns: ['phone_number'] },
    recipients: numbers.map((phone_number) => ({ phone_number })),
  });
  await finished(rig.siaran, runId);
  await beganHoursAgo(rig, runId, hoursAgo);
  return runId;
}

export async function beganHoursAgo(rig: Rig, runId: string, hours: number): Promise<void> {
  await rig.query(
    `UPDATE batches SET started_at = NULL, handed_over_at = clock_timestamp() - $2 * interval '1 hour' WHERE run_id = $1`,
    [runId, hours],
  );
}

export type Log = {
  run: string;
  message: string | null;
  /** As it is shown. */
  status: string;
  reached: string;
  at: Date | null;
  failedAt: Date | null;
  code: number | null;
  notes: string | null;
  inferred: boolean;
  logId: string | null;
};

export function logsOf(rig: Rig, number: string): Promise<Log[]> {
  return rig.query<Log>(
    `SELECT b.run_id AS run, message_id AS message, shown_status(l) AS status, l.status AS reached, status_at AS at,
            failed_at AS "failedAt", failed_code AS code, notes, inferred, broadcast_log_id AS "logId"
     FROM broadcast_logs l JOIN batches b ON b.id = batch_id WHERE phone_number = $1 ORDER BY b.run_id, l.id`,
    [number],
  );
}

/** A run of single messages that were handed over so many hours ago, as the ledger has it before any answer. */
export async function individualRun(rig: Rig, numbers: readonly string[], hoursAgo: number): Promise<string> {
  const { id: runId } = await rig.siaran.startRun({
    name: 'one by one',
    templateDetailId: 172,
    columns: ['phone_number'],
  });
  await rig.query(
    `INSERT INTO batches (id, run_id, account, number, size, status, individual, closed_at, attempts, claim_expires_at, handed_over_at)
     SELECT $1 || '-' || lpad(place::text, greatest(4, length(place::text)), '0'), $1, 'default', place, 1, 'sending', true, now(), 1, now() + interval '1 hour',
            now() - $3 * interval '1 hour'
     FROM unnest($2::bigint[]) WITH ORDINALITY AS listed(number, place)`,
    [runId, numbers, hoursAgo],
  );
  await rig.query(
    `INSERT INTO recipients (run_number, batch_number, phone_number)
     SELECT (SELECT number FROM runs WHERE id = $1), place, number FROM unnest($2::bigint[]) WITH ORDINALITY AS listed(number, place)`,
    [runId, numbers],
  );
  return runId;
}

/** As the answer to a message is recorded: its batch is scheduled, and the provider's log of it stands there. */
export async function answerMessage(
  rig: Rig,
  batchId: string,
  number: string,
  logId: number,
  status = 'scheduled',
  notes: string | null = null,
): Promise<void> {
  const token = randomUUID();
  await rig.query(
    `INSERT INTO attempts (batch_id, number, token, worker, broadcast_name) VALUES ($1, 1, $2, 'test', '')
     ON CONFLICT (batch_id, number) WHERE kind = 'send' DO UPDATE SET token = excluded.token`,
    [batchId, token],
  );
  const broadcastJobId = logId + 1;
  const log = { broadcastLogId: logId, messageId: null, status, notes, sentAt: new Date() };
  await rig.ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw`UPDATE batches SET status = 'scheduled', broadcast_job_id = ${broadcastJobId} WHERE id = ${batchId}`;
    await insertBroadcastLogs(tx, token, { phoneNumber: number, broadcastJobId, logs: [log] });
  });
}

let [next, end] = [0, 0];

/** Numbers that no other test of the file has; `fresh` gives them one by one. */
export function own(length: number): string[] {
  next = Math.max(next, end);
  end = next + length;
  return Array.from({ length }, (_, index) => phoneNumber(next + index));
}

export function fresh(): { number: string; message: string } {
  if (next >= end) throw new Error('this test has no more numbers of its own');
  next += 1;
  return { number: phoneNumber(next - 1), message: `wamid.${next}` };
}

/** As exact as callbacks are: to a second. */
export function ago(hours: number): Date {
  return new Date(Math.floor(Date.now() / 1000 - hours * 3_600) * 1000);
}
