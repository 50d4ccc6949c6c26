import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { currentTime, openDatabase } from '../../../src/store/postgres/database.js';
import { type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('instants are read and written as they are, whatever time zone the database has', async () => {
  await rig.query(
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO ''Asia/Jakarta''', current_database()); EXECUTE format('ALTER DATABASE %I SET datestyle TO ''SQL, DMY''', current_database()); END $$",
  );
  const db = openDatabase(rig.databaseUrl, { connections: 1, statementTimeoutMs: 5_000 });
  try {
    const at = new Date('2026-12-01T03:04:05.678Z');
    expect(Math.abs((await currentTime(db)).getTime() - Date.now())).toBeLessThan(60_000);
    expect(
      await db.$queryRaw`SELECT ${at}::timestamptz AS at, to_char(${at}::timestamptz AT TIME ZONE 'UTC', 'HH24:MI') AS told`,
    ).toEqual([{ at, told: '03:04' }]);
  } finally {
    await db.$disconnect();
  }
});
