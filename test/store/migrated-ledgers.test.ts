import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { migrate } from '../../src/store/migrations/migrate.js';
import { query } from './database-tables.js';
import { createEmptyDatabase, ours } from './empty-database.js';

const server = process.env.SIARAN_TEST_POSTGRES ?? '';
let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let url: string;
let folder: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  url = database.url;
  folder = await mkdtemp(join(tmpdir(), 'siaran migrations '));
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('what a ledger has when results come is counted, a failure with its code, and a person once', async () => {
  const [baseline = ''] = (await readdir(ours)).sort();
  await cp(join(ours, baseline), join(folder, baseline), { recursive: true });
  await migrate(url, { folder });
  await query(
    url,
    `INSERT INTO runs (id, name, account, template_detail_id, separator, delivery) VALUES ('r', 'r', 'default', 1, ',', '{}');
     INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id, broadcast_job_id, attempts, individual)
     VALUES ('r-0001', 'r', 'default', 1, 3, 'scheduled', now(), 1, 1, 1, false), ('r-0002', 'r', 'default', 2, 1, 'scheduled', now(), NULL, 2, 2, true);
     INSERT INTO broadcast_logs (account, batch_id, send, phone_number, broadcast_log_id, message_id, status, status_at, notes, answer_status, answer_notes, inferred)
     VALUES ('default', 'r-0001', 1, 1, NULL, 'a', 'failed', '2026-11-01T01:00Z', '131049 later', NULL, NULL, true),
            ('default', 'r-0001', 1, 2, NULL, 'b', 'read', '2026-11-01T02:00Z', NULL, NULL, NULL, true),
            ('default', 'r-0002', 1, 3, 7, NULL, 'failed', NULL, '(#131026) no', 'failed', '(#131026) no', false),
            ('default', 'r-0002', 2, 3, 8, 'd', 'delivered', '2026-11-01T02:30Z', NULL, 'scheduled', NULL, true);`,
  );
  await migrate(url, { folder: ours });
  expect(
    await query(
      url,
      `SELECT message_id AS message, status, has_failed AS "hasFailed", failed_at::text AS at, failed_code AS code, answer_code AS answered, counts
       FROM broadcast_logs WHERE has_failed OR NOT counts ORDER BY id`,
    ),
  ).toEqual([
    {
      message: 'a',
      status: 'scheduled',
      hasFailed: true,
      at: expect.stringContaining('2026-11-01'),
      code: 131049,
      answered: null,
      counts: true,
    },
    { message: null, status: 'scheduled', hasFailed: true, at: null, code: 131026, answered: 131026, counts: false },
  ]);
  expect(
    await query(
      url,
      `SELECT sum(sent)::int AS sent, sum(delivered)::int AS delivered, sum(read)::int AS read, sum(failed)::int AS failed, sum(inferred)::int AS inferred,
              count(*)::int AS hours FROM run_results WHERE run_id = 'r'`,
    ),
  ).toEqual([{ sent: 2, delivered: 2, read: 1, failed: 1, inferred: 3, hours: 2 }]);
  expect(await query(url, 'SELECT code, failed FROM run_failures')).toEqual([{ code: 131049, failed: 1 }]);
});

test('a number is found in the large runs that a ledger has when they get a list; those without numbers are not on it', async () => {
  const all = (await readdir(ours)).sort();
  for (const name of all.slice(0, all.indexOf('20261211000000_faster')))
    await cp(join(ours, name), join(folder, name), { recursive: true });
  await migrate(url, { folder });
  await query(
    url,
    `INSERT INTO runs (id, name, account, template_detail_id, separator, delivery)
     SELECT id, id, 'default', 1, ',', '{}' FROM unnest('{large,purged,small}'::text[]) AS id;
     INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id, broadcast_job_id)
     SELECT run_id || number, run_id, 'default', number, 1, 'scheduled', now(), 1, number
     FROM (VALUES ('large', 1), ('large', 2), ('purged', 1), ('purged', 2), ('small', 1)) AS batch(run_id, number);
     INSERT INTO recipients SELECT number, CASE id WHEN 'large' THEN 2 ELSE 1 END, 6281234567890 FROM runs WHERE id <> 'purged';`,
  );
  await migrate(url);
  expect(await query(url, 'SELECT id FROM large_runs JOIN runs ON number = run_number')).toEqual([{ id: 'large' }]);
});

test('a role that may not add pg_trgm gets all tables all the same, and one that may gets the index of names', async () => {
  const names = () => query(url, "SELECT indexname AS name FROM pg_indexes WHERE indexname = 'runs_name_idx'");
  const role = Object.assign(new URL(url), { username: 'siaran_plain' }).href;
  await query(server, 'CREATE ROLE siaran_plain LOGIN');
  try {
    await query(url, 'GRANT ALL ON SCHEMA public TO siaran_plain; CREATE SCHEMA siaran AUTHORIZATION siaran_plain');
    expect((await migrate(role)).applied).toContain('20261219010000_run_names');
    expect(await names()).toEqual([]);
    await query(url, 'DROP OWNED BY siaran_plain');
    await query(server, `ALTER DATABASE ${database.name} OWNER TO siaran_plain`);
    await query(url, 'GRANT ALL ON SCHEMA public TO siaran_plain');
    await migrate(role);
    expect(await names()).toEqual([{ name: 'runs_name_idx' }]);
  } finally {
    await query(server, `ALTER DATABASE ${database.name} OWNER TO CURRENT_USER`);
    await query(url, 'DROP OWNED BY siaran_plain');
    await query(server, 'DROP ROLE siaran_plain');
  }
});
