import type { BenchServices } from '../services.js';

/** So many firings has each campaign. */
export const firingsEach = 30;

const columns = '{phone_number,body_variable1}';

/**
 * Campaigns that have fired some of the broadcasts that are there, each changed twice, and the templates of two accounts. Each twentieth
 * fails, each fortieth is paused as its template doesn't get through, and one account is stopped.
 */
export async function fillCampaigns({ query }: BenchServices, campaigns: number): Promise<void> {
  await query('SET session_replication_role = replica');
  const settings = `account, template_detail_id, columns, column_map, ignored_columns, separator, value_policy, audience, cron, time_zone,
    prepare_ahead_ms, catch_up, delivery`;
  await query(
    `INSERT INTO campaigns (id, name, version, changed_by, paused_at, paused_reason, ${settings})
     SELECT 'c' || n, 'Campaign ' || n, 3, 'bench', CASE WHEN n % 40 = 3 THEN now() END, CASE WHEN n % 40 = 3 THEN 'its template is paused' END,
       CASE WHEN n % 5 = 0 THEN 'acme' ELSE 'default' END, 172, '${columns}', '{}', '{}', ',', 'reject', 'named:customers', '0 9 * * mon', 'Asia/Jakarta',
       0, 'latest', '{"individual": null}'
     FROM generate_series(1, $1::int) AS n`,
    [campaigns],
  );
  await query(
    `INSERT INTO campaign_versions (campaign_id, version, changed_by, changed_at, ${settings})
     SELECT id, v, 'bench', now() - (4 - v) * interval '30 days', ${settings.replace('template_detail_id', '170 + v')} FROM campaigns, generate_series(1, 3) AS v`,
  );
  await query(
    `INSERT INTO firings (campaign_id, name, version, at, decided_at, status, run_id, reason, replaced_runs)
     SELECT c.id, c.name, 1 + f % 3, r.created_at, r.created_at, status, CASE WHEN status <> 'skipped' THEN r.id END,
       CASE status WHEN 'failed' THEN 'the query failed' WHEN 'skipped' THEN 'New Year, calendar holidays' END, '{}'
     FROM generate_series(1, $1::int) AS n CROSS JOIN generate_series(1, ${firingsEach}) AS f
     JOIN campaigns c ON c.id = 'c' || n JOIN runs r ON r.id = 'rb' || ((n - 1) * ${firingsEach} + f)
     CROSS JOIN LATERAL (SELECT CASE WHEN f = 1 AND n % 20 = 7 THEN 'failed' WHEN f % 10 = 5 THEN 'skipped' ELSE 'prepared' END AS status) AS fate`,
    [campaigns],
  );
  await query(
    `INSERT INTO templates (account, template_detail_id, name, language, category, approval, channel_id, namespace, columns, body, buttons, source, told_at)
     SELECT account, 170 + n, 'template_' || n, 'id', 'MARKETING', 'approved', 534, 'ns', '${columns}', 'Dear {{1}}, your invoice is due.', '[]', 'added', now()
     FROM generate_series(1, 150) AS n, unnest('{default,acme}'::text[]) AS account`,
  );
  await query("INSERT INTO stops (account, stopped_by) VALUES ('acme', 'bench')");
  await query('SET session_replication_role = origin');
  await query('VACUUM ANALYZE campaigns, campaign_versions, firings, templates');
}
