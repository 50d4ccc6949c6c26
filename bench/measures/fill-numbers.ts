import { markNumbers } from '../../src/store/large-runs.js';
import { openDatabase } from '../../src/store/postgres/database.js';
import type { BenchServices } from '../services.js';

/** How many runs a ledger has: of one message each, and of two batches, 1,001 recipients each. */
export type Runs = { messages: number; broadcasts: number };

const perBroadcast = 1_001;
/** Numbers come in no order, as customers' do, and many come again. */
const people = 3_000_000;

/** The number of somebody among them. */
export const someNumber = (n: number): bigint => 6_281_000_000_000n + ((BigInt(n) * 1_640_531n) % BigInt(people));

/** Runs that have ended, with their recipients. */
export async function fillNumbers(
  { query, databaseUrl }: BenchServices,
  { messages, broadcasts }: Runs,
): Promise<void> {
  await query('SET session_replication_role = replica');
  await query(
    `INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at, finished_at, is_message)
     SELECT 'r' || n, 'Run ' || n, 'default', 172, '{phone_number}', ',', '{"individual": null}', at, at, at, at, n > $2::int
     FROM generate_series(1, $1::int + $2::int) AS n CROSS JOIN LATERAL (SELECT now() - n * interval '1 minute' AS at) AS t`,
    [messages, broadcasts],
  );
  await query(
    `INSERT INTO batches (id, run_id, account, number, size, status, opened_at, closed_at, attempts, broadcast_file_id, broadcast_job_id, broadcast_job, handed_over_at, scheduled_at, started_at, individual)
     SELECT r.id || '-' || lpad(b::text, 4, '0'), r.id, 'default', b, CASE WHEN r.is_message OR b > 1 THEN 1 ELSE 1000 END, 'scheduled',
       r.created_at, r.created_at, 1, CASE WHEN NOT r.is_message THEN 1 END, r.number * 10 + b, '{}'::jsonb, r.created_at, r.created_at, r.created_at, r.is_message
     FROM runs r CROSS JOIN LATERAL generate_series(1, CASE WHEN r.is_message THEN 1 ELSE 2 END) AS b`,
  );
  await query(
    `INSERT INTO recipients (run_number, batch_number, phone_number)
     SELECT r.number, CASE WHEN place > 1000 THEN 2 ELSE 1 END, 6281000000000 + ((r.number::bigint * ${perBroadcast} + place) * 1640531) % ${people}
     FROM runs r CROSS JOIN LATERAL generate_series(1, CASE WHEN r.is_message THEN 1 ELSE ${perBroadcast} END) AS place`,
  );
  await query('INSERT INTO large_runs SELECT r.number FROM runs r JOIN batches b ON b.run_id = r.id AND b.number = 2');
  await query('SET session_replication_role = origin');
  // As workers do it, a little every minute.
  const db = openDatabase(databaseUrl, { connections: 1, statementTimeoutMs: 60_000 });
  while ((await markNumbers(db)) > 0);
  await db.$disconnect();
  await query('VACUUM ANALYZE');
}
