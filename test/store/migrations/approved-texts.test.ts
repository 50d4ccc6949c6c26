import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { migrate } from '../../../src/store/migrations/migrate.js';
import { namesIn } from '../../../src/store/migrations/migration-files.js';
import { query } from '../database-tables.js';
import { createEmptyDatabase, ours } from '../empty-database.js';

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let folder: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'siaran-approved-texts-'));
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('what was approved before the template counted stays approved, of its text as it is then', async () => {
  const { url } = database;
  for (const name of (await namesIn(ours)).filter((name) => name < '20270201'))
    await cp(join(ours, name), join(folder, name), { recursive: true });
  await migrate(url, { folder });
  await query(
    url,
    `INSERT INTO templates (account, template_detail_id, name, language, approval, body, buttons, source, told_at)
     VALUES ('default', 1, 'reminder', 'id', 'approved', 'Halo', '[]', 'qiscus', now());
     INSERT INTO runs (id, name, account, template_detail_id, separator, delivery, approval_above, created_at)
     SELECT id, id, 'default', template, ',', '{}', 0, now() FROM (VALUES ('known', 1), ('unknown', 2), ('changed', 1)) AS r (id, template);
     UPDATE runs r SET approved_state = approval_state(r), approved_by = 'bo', approved_at = now(), approval_told = approval_state(r);
     UPDATE runs SET name = 'another' WHERE id = 'changed'`,
  );
  await migrate(url);
  const lacking = async () =>
    (await query<{ id: string }>(url, 'SELECT id FROM runs r WHERE lacks_approval(r) ORDER BY id')).map(({ id }) => id);
  expect(await lacking()).toEqual(['changed']);
  expect(await query(url, 'SELECT id FROM runs r WHERE approval_told = approval_state(r) ORDER BY id')).toEqual([
    { id: 'known' },
    { id: 'unknown' },
  ]);
  await query(url, "UPDATE templates SET body = 'Hai'");
  expect(await lacking()).toEqual(['changed', 'known']);
});
