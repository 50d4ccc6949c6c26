import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { beginMatching, findBroadcasts, placeNewMessages } from '../../src/store/broadcast-logs.js';
import type { Sql } from '../../src/store/postgres/sql.js';
import { raisePlaced, raiseStatuses } from '../../src/store/raise-statuses.js';
import { runsOfNumber } from '../../src/store/views/recipient-runs.js';
import { eventually, phoneNumber, type Rig, startRig } from '../support/rig.js';

const hour = 3_600_000;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  // 200 runs of a thousand that began in the last 200 hours, and as many batches of one that were answered long ago.
  await rig.query(`
    INSERT INTO runs (id, name, account, template_detail_id, separator, delivery, created_at)
    SELECT 'run' || n, 'run ' || n, 'default', 1, ',', '{}', now() - n * interval '1 hour' FROM generate_series(1, 200) AS n`);
  await rig.query(`
    INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id, broadcast_job_id, handed_over_at)
    SELECT id || '-0001', id, 'default', 1, 1000, 'scheduled', now(), 1, number, created_at FROM runs`);
  await rig.query(`
    INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_job_id, handed_over_at, individual)
    SELECT 'run1-' || n, 'run1', 'default', n, 1, 'scheduled', now(), n, now(), true FROM generate_series(2, 10000) AS n`);
  await rig.query(`
    INSERT INTO recipients (run_number, batch_number, phone_number)
    SELECT number, 1, ${phoneNumber(0)} + n FROM runs, generate_series(0, 999) AS n`);
});
afterAll(() => rig.close());

/** How often a statement scans each table from end to end, and how many rows it fetches by an index. */
async function scansOf(
  tx: Sql,
  statement: () => Promise<unknown>,
): Promise<Record<string, { whole: number; entries: number }>> {
  const before = await scans(tx);
  await statement();
  const after = await scans(tx);
  return Object.fromEntries(
    Object.entries(after).map(([name, { whole, entries }]) => [
      name,
      { whole: whole - (before[name]?.whole ?? 0), entries: entries - (before[name]?.entries ?? 0) },
    ]),
  );
}

async function scans(tx: Sql): Promise<Record<string, { whole: number; entries: number }>> {
  const rows = await tx.$queryRaw<{ name: string; whole: number; entries: number }[]>`
    SELECT relname AS name, seq_scan::int AS whole, coalesce(idx_tup_fetch, 0)::int AS entries FROM pg_stat_xact_user_tables`;
  return Object.fromEntries(rows.map(({ name, ...counts }) => [name, counts]));
}

test.each(['before', 'after'])(
  'a number is looked for in each run of 72 hours by its key, %s the tables are analysed',
  async (when) => {
    if (when === 'after') await rig.query('ANALYZE');
    const now = Date.now();
    const times = { from: new Date(now - 72 * hour), to: new Date(now + 72 * hour) };
    const asked = [phoneNumber(7), phoneNumber(999_999)].map((number) => ({ phoneNumber: number, ...times }));
    const read = await rig.ctx.db.$transaction((tx) =>
      scansOf(tx, async () => expect(await findBroadcasts(tx, 'default', asked)).toHaveLength(71)),
    );
    expect(read.recipients).toEqual({ whole: 0, entries: 71 });
    // The batches of one aren't looked through.
    expect(read.batches?.entries).toBeLessThan(1_000);
  },
);

test('earlier messages of numbers are look-ups, although their account had few logs when that was planned', async () => {
  const times = { from: new Date(Date.now() - 3.5 * hour), to: new Date() };
  const asked = Array.from({ length: 1_000 }, (_, index) => ({ phoneNumber: phoneNumber(index), ...times }));
  const read = await rig.ctx.db.$transaction(async (tx) => {
    await beginMatching(tx, ['m0']);
    const find = () => findBroadcasts(tx, 'default', asked);
    const log = (from: number, to: number) => tx.$executeRaw`
      INSERT INTO broadcast_logs (account, batch_id, message_id, phone_number, status)
      SELECT 'default', 'run1-0001', 'many' || n, 6289900000000 + n, 'sent' FROM generate_series(${from}::int, ${to}::int) AS n`;
    await log(1, 500);
    for (let time = 0; time < 8; time += 1) await find();
    await log(501, 5_000);
    return scansOf(tx, async () => expect(await find()).toHaveLength(3_000));
  });
  await rig.query('TRUNCATE broadcast_logs');
  expect(read.broadcast_logs?.whole).toBe(0);
  expect(read.broadcast_logs?.entries).toBeLessThan(100);
});

test.each(['placed', 'raised'] as const)(
  'each status of a group that is %s is a look-up, although there were hardly any logs when that was planned',
  async (how) => {
    const messages = Array.from({ length: 100 }, (_, at) => `${how}${20 * at}`);
    const told = messages.map((messageId) => {
      return { messageId, status: 'read' as const, at: new Date(), notes: null, code: null };
    });
    await rig.query(
      "INSERT INTO broadcast_logs (account, batch_id, message_id, status) VALUES ('default', 'run1-0001', 'only', 'sent')",
    );
    await rig.query('VACUUM ANALYZE broadcast_logs');
    const read = await rig.ctx.db.$transaction(async (tx) => {
      if (how === 'raised') await beginMatching(tx, messages);
      const raise = () => (how === 'raised' ? raiseStatuses(tx, told) : raisePlaced(tx, 'default', messages, told));
      // So often until Postgres keeps a plan.
      for (let time = 0; time < 8; time += 1) expect(await raise()).toEqual([]);
      await tx.$executeRaw`
        INSERT INTO broadcast_logs (account, batch_id, message_id, status)
        SELECT 'default', 'run1-0001', ${how} || n, 'sent' FROM generate_series(0, 4999) AS n`;
      return scansOf(tx, async () => expect((await raise()).filter(({ changed }) => changed)).toHaveLength(100));
    });
    await rig.query('TRUNCATE broadcast_logs');
    expect(read.broadcast_logs?.whole).toBe(0);
    expect(read.broadcast_logs?.entries).toBeLessThanOrEqual(400);
  },
);

test('placing a new message is look-ups, although there were hardly any logs when that was planned', async () => {
  const messages = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => {
      return {
        messageId: `new${from + at}`,
        phoneNumber: phoneNumber(from + at),
        at: new Date(Date.now() - 0.5 * hour),
      };
    });
  // So long before its message was sent, one run of each number had begun.
  const times = { longestMs: 0.6 * hour, differingMs: 0 };
  await rig.query('VACUUM ANALYZE broadcast_logs');
  const read = await rig.ctx.db.$transaction(async (tx) => {
    const place = (from: number, to: number) => placeNewMessages(tx, 'default', messages(from, to), times);
    // So often until Postgres keeps a plan.
    for (let time = 0; time < 8; time += 1) expect(await place(time, time + 1)).toHaveLength(1);
    await tx.$executeRaw`
      INSERT INTO broadcast_logs (account, batch_id, message_id, phone_number, status)
      SELECT 'default', 'run2-0001', 'old' || n, 6289900000000 + n, 'sent' FROM generate_series(0, 4999) AS n`;
    return scansOf(tx, async () => expect(await place(100, 200)).toHaveLength(100));
  });
  await rig.query('TRUNCATE broadcast_logs');
  expect(read.broadcast_logs?.whole).toBe(0);
  expect(read.broadcast_logs?.entries).toBeLessThan(400);
  expect(read.batches?.whole).toBe(0);
  expect(read.recipients).toEqual({ whole: 0, entries: 100 });
});

test('a log that is given to another message while a status waits for it is let be', async () => {
  await rig.query(
    "INSERT INTO broadcast_logs (account, batch_id, message_id, status) VALUES ('default', 'run1-0001', 'before', 'sent')",
  );
  let raising: Promise<unknown> = Promise.resolve();
  await rig.ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw`UPDATE broadcast_logs SET message_id = 'since' WHERE message_id = 'before'`;
    const told = { messageId: 'before', status: 'read' as const, at: new Date(), notes: null, code: null };
    raising = raiseStatuses(rig.ctx.db, [told]);
    await eventually(
      () => rig.query('SELECT 1 FROM pg_locks WHERE NOT granted'),
      (waiting) => waiting.length > 0,
    );
  });
  expect(await raising).toEqual([]);
  expect(await rig.query("SELECT status FROM broadcast_logs WHERE message_id = 'since'")).toEqual([{ status: 'sent' }]);
});

test('of a run that is being purged no broadcast is found, and one that was found keeps its run from being purged', async () => {
  const times = { from: new Date(Date.now() - 3.5 * hour), to: new Date() };
  const find = (tx: Sql) => findBroadcasts(tx, 'default', [{ phoneNumber: phoneNumber(7), ...times }]);
  await rig.query("UPDATE runs SET purged_at = now() WHERE id = 'run1'");
  await rig.ctx.db.$transaction(async (tx) => {
    expect((await find(tx)).map(({ batchId }) => batchId).sort()).toEqual(['run2-0001', 'run3-0001']);
    await expect(rig.query("SELECT 1 FROM runs WHERE id = 'run2' FOR UPDATE NOWAIT")).rejects.toThrow(
      /could not obtain lock/,
    );
  });
  await rig.query("UPDATE runs SET purged_at = NULL WHERE id = 'run1'");
});

test('among ten thousand runs a number is found in well below a second', async () => {
  await rig.query(`
    INSERT INTO runs (id, name, account, template_detail_id, separator, delivery)
    SELECT 'more' || n, 'more', 'default', 1, ',', '{}' FROM generate_series(1, 9800) AS n`);
  const started = performance.now();
  const found = await runsOfNumber(rig.ctx.db, phoneNumber(999));
  const tookMs = performance.now() - started;
  expect(found).toHaveLength(200);
  expect(found.slice(0, 2)).toMatchObject([
    { runId: 'run1', batchId: 'run1-0001', status: 'scheduled' },
    { runId: 'run2', batchId: 'run2-0001', status: 'scheduled' },
  ]);
  expect(tookMs).toBeLessThan(1_000);
  const read = await rig.ctx.db.$transaction((tx) => scansOf(tx, () => runsOfNumber(tx, phoneNumber(999))));
  // One run has several batches, and is asked by its key besides.
  expect(read.recipients).toEqual({ whole: 0, entries: 201 });
  expect(read.batches).toEqual({ whole: 0, entries: 200 });
});

test('a number is found wherever it stands: suppressed, in the first batch of a run, or in a later one', async () => {
  await rig.query(`
    INSERT INTO recipients (run_number, batch_number, phone_number)
    SELECT number, place, ${phoneNumber(5_000)}
    FROM runs JOIN (VALUES ('run1', 7), ('run2', 0), ('run3', 1), ('more4', 0)) AS placed(id, place) USING (id)`);
  const found = await runsOfNumber(rig.ctx.db, phoneNumber(5_000));
  expect(found.map(({ runId, batchId }) => [runId, batchId])).toEqual([
    ['more4', null],
    ['run1', 'run1-7'],
    ['run2', null],
    ['run3', 'run3-0001'],
  ]);
});
