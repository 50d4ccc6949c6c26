import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { migrate } from '../../src/store/migrations/migrate.js';
import { ours } from '../store/empty-database.js';
import { finished, invoiceColumns, invoices, startRig } from '../support/rig.js';

/** What a version adds that the one before goes on with: to every table a column, besides a table and an index. */
const additions = `
  DO $$
  DECLARE name TEXT;
  BEGIN
    FOR name IN SELECT c.oid::regclass FROM pg_class c
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
                  AND c.relname <> '_prisma_migrations' LOOP
      EXECUTE 'ALTER TABLE ' || name || $add$ ADD COLUMN of_later TEXT NOT NULL DEFAULT 'later'$add$;
    END LOOP;
  END $$;
  CREATE TABLE later (id INT PRIMARY KEY);
  CREATE INDEX runs_of_later ON runs (of_later);
`;

test('workers and producers of the version before go on with newer tables, until one is too new for them', async () => {
  const rig = await startRig();
  const folder = await mkdtemp(join(tmpdir(), 'siaran-rolling-'));
  const release = async (name: string, sql: string) => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'migration.sql'), sql);
    await migrate(rig.databaseUrl, { folder });
  };
  const broadcast = async (name: string) => {
    const recipients = invoices(1_200);
    const run = { name, key: name, templateDetailId: 172, columns: invoiceColumns, recipients };
    const { runId } = await rig.siaran.broadcast(run);
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 1_200 },
    });
    expect(await rig.siaran.verify(runId)).toMatchObject({ ok: true });
  };
  try {
    await cp(ours, folder, { recursive: true });
    await rig.work();
    await broadcast('before');
    await release('99999999999998_additions', additions);
    // Those that are at work have prepared their statements for the tables as they were.
    await broadcast('meanwhile');
    await rig.work();
    await broadcast('started later');

    await release('99999999999999_other', `UPDATE installation SET programs_know = '99999999999999_other'`);
    await expect(rig.work()).rejects.toMatchObject({
      code: 'MIGRATION',
      message: expect.stringMatching(/newer than this program: .*99999999999999_other\. Update the program/),
    });
  } finally {
    await rm(folder, { recursive: true });
    await rig.close();
  }
});
