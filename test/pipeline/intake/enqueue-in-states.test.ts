import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { noteEnds } from '../../../src/store/endings.js';
import { invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { checkedRun, deliver } from '../../support/runs.js';
import { blocksOf, chunkAll, handIn, handInRow, marksOf, openShop, rejectionsOf, runWithKey } from '../handed-in.js';

let rig: Rig;
let client: Client;
beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  client = await openShop(rig);
});
afterEach(async () => void (await client.query('ROLLBACK')));
afterAll(async () => {
  await client.end();
  await rig.close();
});

const states: { name: string; code: string; reach(id: string): Promise<unknown> }[] = [
  { name: 'paused', code: 'RUN_PAUSED', reach: (id) => rig.siaran.pause(id) },
  { name: 'cancelled', code: 'RUN_CANCELLED', reach: (id) => rig.siaran.cancel(id) },
  { name: 'sealed', code: 'RUN_COMPLETE', reach: (id) => rig.siaran.seal(id) },
  {
    ...{ name: 'being prepared', code: 'RUN_PREPARING' },
    reach: (id) =>
      rig.query("UPDATE runs SET held_kind = 'preparing', held_reason = 'test', held_at = now() WHERE id = $1", [id]),
  },
  {
    ...{ name: 'purged', code: 'RUN_PURGED' },
    reach: (id) => rig.query('UPDATE runs SET purged_at = now() WHERE id = $1', [id]),
  },
  { name: 'without recipients that were sent', code: 'RUN_LOST_RECIPIENTS', reach: loseRecipients },
];

/** As `repairLedger` leaves a batch whose recipients an older ledger doesn't have. */
async function loseRecipients(id: string): Promise<void> {
  await rig.query(
    `INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id)
     VALUES ($1 || '-0001', $1, 'default', 1, 0, 'unknown', now(), 5)`,
    [id],
  );
}

test.each(states)('a run that is $name takes none, and says so with what would be right', async ({ code, reach }) => {
  const { key, id } = await runWithKey(rig);
  await reach(id);
  await client.query('BEGIN');
  await expect(rig.siaran.enqueueIn(client, key, invoices(1))).rejects.toMatchObject({
    ...{ code, runId: id, name: 'RunStateError', message: expect.stringContaining(id) },
  });
  await client.query('ROLLBACK');
  await expect(rig.query('SELECT siaran.enqueue($1, $2)', [key, '[]'])).rejects.toMatchObject({
    ...{ code: 'SR409', detail: `${code} ${id}`, hint: expect.stringMatching(/resume|another key/) },
  });
  expect(await blocksOf(rig, id)).toEqual([]);
});

test("messages are handed in up to what may go out one by one, and somebody who was left out stands in nobody's way", async () => {
  const key = 'messages';
  const template = { templateDetailId: 172, channelId: 534, templateName: 'r', namespace: 'ns', language: 'id' };
  const run = { ...template, key, name: key, columns: ['phone_number'], delivery: 'individual' } as const;
  const { id } = await rig.siaran.startRun(run);
  const numbers = (count: number, from: number) =>
    JSON.stringify(Array.from({ length: count }, (_, at) => ({ phone_number: phoneNumber(from + at) })));
  const handIn = (count: number, from: number) =>
    client.query('SELECT siaran.enqueue($1, $2)', [key, numbers(count, from)]);
  await rig.siaran.enqueue(id, [{ phone_number: phoneNumber(800_000) }]);
  await chunkRun(rig.ctx, id);
  await rig.siaran.suppress([phoneNumber(800_000)]);
  await deliver(rig, id, 1);
  expect(await rig.siaran.run(id)).toMatchObject({ recipients: { suppressed: 1 }, batches: { cancelled: 1 } });
  await handIn(9_000, 810_000);
  await expect(handIn(1_000, 820_000)).rejects.toMatchObject({
    code: 'SR409',
    message: expect.stringContaining('10,000'),
  });
  await handIn(999, 820_000);
  await rig.siaran.startRun({ ...run, force: true });
  await handIn(2_000, 830_000);
});

test('a pause does not wait for a transaction that is open, and what it commits is cut and waits', async () => {
  const { key, id } = await runWithKey(rig);
  await handIn(rig, client, key, invoices(1_200), async () => {
    await rig.siaran.pause(id);
    await rig.siaran.resume(id);
    await rig.siaran.pause(id);
  });
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'paused', recipients: { buffered: 1_200 } });
  await chunkAll(rig, id);
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'paused', recipients: { buffered: 0, pending: 1_200 } });
  await checkedRun(rig, id);
});

test('what commits after a cancel drains into cancelled, and the run is finished only then', async () => {
  const { key, id } = await runWithKey(rig);
  await handIn(rig, client, key, invoices(1_200), async () => {
    await rig.siaran.cancel(id);
    await chunkRun(rig.ctx, id);
    await noteEnds(rig.ctx.db);
  });
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'cancelled', recipients: { buffered: 1_200 } });
  await chunkAll(rig, id);
  expect(await rig.siaran.run(id)).toMatchObject({
    ...{ status: 'finished', outcome: 'cancelled', recipients: { cancelled: 1_200, buffered: 0 } },
  });
  await checkedRun(rig, id);
});

const endsTold = (id: string) => rig.query("SELECT 1 FROM notices WHERE run_id = $1 AND event = 'run.finished'", [id]);

test('what commits after the end of a sealed run goes out in one more batch, and the end is told again only then', async () => {
  const { key, id } = await runWithKey(rig);
  await rig.siaran.enqueue(id, invoices(10), { source: 'list' });
  await handIn(rig, client, key, invoices(20, 5), async () => {
    await rig.siaran.seal(id);
    await chunkRun(rig.ctx, id);
    await rig.query("UPDATE batches SET status = 'failed' WHERE run_id = $1", [id]);
    await noteEnds(rig.ctx.db);
    expect(await marksOf(rig, id)).toEqual({ drained: true, finished: true });
    expect(await rig.siaran.run(id)).toMatchObject({ status: 'finished' });
  });
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'sealed', outcome: null });
  await chunkAll(rig, id);
  expect(await marksOf(rig, id)).toEqual({ drained: true, finished: false });
  expect(await rig.siaran.batches(id)).toMatchObject([{ recipients: 10 }, { recipients: 15, status: 'pending' }]);
  await noteEnds(rig.ctx.db);
  expect(await endsTold(id)).toHaveLength(1);
  await rig.query("UPDATE batches SET status = 'failed' WHERE run_id = $1", [id]);
  await noteEnds(rig.ctx.db);
  expect(await endsTold(id)).toHaveLength(2);
  await checkedRun(rig, id);
});

test('no end is told, and nothing purged, while rows wait in a run that had everything', async () => {
  const { key, id } = await runWithKey(rig);
  await rig.siaran.enqueue(id, invoices(10), { source: 'list' });
  await handIn(rig, client, key, invoices(1, 20), async () => {
    await rig.siaran.seal(id);
    await chunkRun(rig.ctx, id);
    await rig.query("UPDATE batches SET status = 'failed' WHERE run_id = $1", [id]);
  });
  await noteEnds(rig.ctx.db);
  expect(await endsTold(id)).toEqual([]);
  await rig.query('UPDATE runs SET drained_at = NULL WHERE id = $1', [id]);
  await rig.ctx.db.$transaction(async (tx) => {
    const { noteDrained } = await import('../../../src/store/runs.js');
    await noteDrained(tx, id);
  });
  expect(await marksOf(rig, id)).toEqual({ drained: false, finished: false });
  await rig.query("UPDATE runs SET drained_at = now() - interval '9 days' WHERE id = $1", [id]);
  await rig.query("UPDATE batches SET closed_at = now() - interval '9 days' WHERE run_id = $1", [id]);
  for await (const slice of purge(rig.ctx, 86_400_000)) expect(slice.runId).not.toBe(id);
  await chunkAll(rig, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ failed: 10, pending: 1 });
});

test('what commits after a purge is kept as rejected, each row with its masked number, and messages nobody', async () => {
  const { key, id } = await runWithKey(rig);
  await handIn(rig, client, key, [handInRow(phoneNumber(1)), handInRow('abc'), handInRow(phoneNumber(2))], async () => {
    await rig.siaran.seal(id);
    await rig.query('UPDATE runs SET purged_at = now() WHERE id = $1', [id]);
  });
  await chunkAll(rig, id);
  const purged = expect.stringMatching(/^phone_number "6281\*+\d{2,3}" came after the run's numbers had been removed/);
  expect((await rejectionsOf(rig, id)).map(({ reason }) => reason)).toEqual([
    purged,
    expect.stringContaining('letters'),
    purged,
  ]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 0, buffered: 0, pending: 0, rejected: 3 });
  await checkedRun(rig, id);
});

test('what commits after the ledger has lost who was messaged is kept as rejected', async () => {
  const { key, id } = await runWithKey(rig);
  await handIn(rig, client, key, invoices(1_500), () => loseRecipients(id));
  await chunkAll(rig, id);
  const kept = await rejectionsOf(rig, id);
  expect(kept).toHaveLength(1_500);
  expect(kept[0]?.reason).toContain(`${id}-0001`);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({
    enqueued: 0,
    buffered: 0,
    pending: 0,
    rejected: 1_500,
  });
});

test('nothing is taken while the ledger may have gone back', async () => {
  const { key, id } = await runWithKey(rig);
  await handIn(rig, client, key, invoices(10));
  await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'ledger_went_back', 'test')");
  await chunkRun(rig.ctx, id);
  expect(await blocksOf(rig, id)).toHaveLength(1);
  await rig.siaran.resumeAll();
  await chunkRun(rig.ctx, id);
  expect(await blocksOf(rig, id)).toHaveLength(0);
});
