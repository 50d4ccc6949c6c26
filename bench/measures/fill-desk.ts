import type { BenchServices } from '../services.js';

/** A year of runs: nine of ten are single messages, and few need anybody. */
export type Filling = { messages: number; broadcasts: number };

/** Each hundredth of the broadcasts is still under way; each thousandth is unknown, each five-hundredth was refused, each hundredth is held. */
export async function fillDesk({ query }: BenchServices, { messages, broadcasts }: Filling): Promise<void> {
  // What triggers keep, such as notices, isn't what is measured, and would take most of the time.
  await query('SET session_replication_role = replica');
  await query(
    "INSERT INTO accounts (name, portfolio) VALUES ('default', 'default'), ('acme', 'acme') ON CONFLICT DO NOTHING",
  );
  await query(
    `INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at, finished_at, is_message)
     SELECT 'rm' || n, 'Code ' || n, 'default', 172, '{phone_number}', ',', '{"individual": null}', at, at, at, at, true
     FROM generate_series(1, $1::int) AS n CROSS JOIN LATERAL (SELECT now() - n * interval '5 minutes' AS at) AS t`,
    [messages],
  );
  await query(
    `INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at, finished_at,
                       held_kind, held_reason, held_at)
     SELECT 'rb' || n, (ARRAY['Reminder', 'Invoice', 'Newsletter', 'Birthday'])[1 + n % 4] || ' ' || to_char(at, 'YYYY-MM-DD'),
       CASE WHEN n % 5 = 0 THEN 'acme' ELSE 'default' END, 172, '{phone_number,body_variable1}', ',', '{"individual": null}', at, at, at,
       CASE WHEN n % 100 > 1 THEN at END,
       CASE WHEN n % 100 = 1 THEN 'balance' END, CASE WHEN n % 100 = 1 THEN 'the balance ran out' END, CASE WHEN n % 100 = 1 THEN at END
     FROM generate_series(1, $1::int) AS n CROSS JOIN LATERAL (SELECT now() - n * interval '52 minutes' AS at) AS t`,
    [broadcasts],
  );
  await query(
    `INSERT INTO batches (id, run_id, account, number, size, status, opened_at, closed_at, attempts, broadcast_file_id, broadcast_job_id, broadcast_job,
                          handed_over_at, scheduled_at, started_at, error, individual)
     SELECT r.id || '-' || lpad(b::text, 4, '0'), r.id, r.account, b, size, status, r.created_at, r.created_at, 1, CASE WHEN NOT r.is_message AND status <> 'pending' THEN 1 END, CASE WHEN status = 'scheduled' THEN r.number * 10 + b END,
       CASE WHEN status = 'scheduled' THEN jsonb_build_object('total_recipient', size) END,
       r.created_at, CASE WHEN status = 'scheduled' THEN r.created_at END, r.created_at, CASE WHEN status = 'failed' THEN 'the template was paused' END, r.is_message
     FROM runs r CROSS JOIN LATERAL generate_series(1, CASE WHEN r.is_message THEN 1 ELSE 5 END) AS b
     CROSS JOIN LATERAL (SELECT CASE WHEN r.is_message THEN 1 ELSE 1000 END AS size, substr(r.id, 3)::int AS n) AS sized
     CROSS JOIN LATERAL (SELECT CASE
       WHEN r.finished_at IS NULL AND b > 2 THEN 'pending'
       WHEN b = 3 AND n % (CASE WHEN r.is_message THEN 5000 ELSE 1000 END) = 7 THEN 'unknown'
       WHEN b = 4 AND n % 500 = 9 THEN 'failed' ELSE 'scheduled' END AS status) AS found`,
  );
  await query(
    `INSERT INTO intakes (id, run_id, source, generation, blocks, rows, absorbed_to, absorbed_rows, closed_at)
     SELECT 'i' || r.id, r.id, 'broadcast', 1, 1, size, 1, size, r.created_at
     FROM runs r CROSS JOIN LATERAL (SELECT CASE WHEN r.is_message THEN 1 ELSE 5000 END AS size) AS sized`,
  );
  await query('SET session_replication_role = origin');
  await query('VACUUM ANALYZE');
}
