import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { type Running, start } from '../cli/siaran.js';
import { eventually, invoiceColumns, invoices, type Rig, startRig, sumOfRecipients } from '../support/rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const transactions = 50;
const rowsEach = 130;

test('of fifty transactions, under workers that are killed again and again, nothing that committed is lost and nobody is messaged twice', async () => {
  const env = { ...rig.env, SIARAN_REQUEST_TIMEOUT: '3s', SIARAN_CLAIM_TTL: '4s' };
  const { id } = await rig.siaran.startRun({
    ...{ key: 'orders', name: 'orders', templateDetailId: 172, columns: invoiceColumns, flushAfter: '200ms' },
  });
  await rig.query('CREATE SCHEMA app; CREATE TABLE app.orders (phone TEXT PRIMARY KEY)');
  const client = new Client({ connectionString: rig.databaseUrl });
  await client.connect();
  const workers: Running[] = [];
  const startWorker = () => workers.push(start(['worker'], { env }));
  startWorker();
  startWorker();
  let kills = 0;
  try {
    for (let number = 0; number < transactions; number += 1) {
      // Each one overlaps with the one before it.
      const rows = [...invoices(rowsEach, number * 100)];
      await client.query('BEGIN');
      await client.query('INSERT INTO app.orders SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [
        rows.map((row) => row.phone_number),
      ]);
      expect(await rig.siaran.enqueueIn(client, 'orders', rows)).toBe(rowsEach);
      await client.query(number % 5 === 4 ? 'ROLLBACK' : 'COMMIT');
      if (number % 4 !== 3) continue;
      // It dies wherever it happens to be: once its successor has begun to work, the next one has its turn.
      const cut = await countCut();
      workers.shift()?.child.kill('SIGKILL');
      kills += 1;
      startWorker();
      await eventually(countCut, (now) => now > cut, 60_000);
    }
    await rig.siaran.seal(id);
    await eventually(
      async () => {
        // Kills may leave three sends in a row without an answer: an operator lets the account go on.
        await rig.siaran.resumeAll();
        return rig.siaran.run(id);
      },
      (run) => run.status === 'finished',
      90_000,
    );
  } finally {
    await client.end();
    for (const worker of workers) worker.child.kill('SIGTERM');
    await Promise.all(workers.map((worker) => worker.ended));
  }

  expect(kills).toBeGreaterThan(10);
  expect((await rig.siaran.verify(id)).breaches).toEqual([]);
  const run = await rig.siaran.run(id);
  expect(sumOfRecipients(run)).toBe(run.recipients.enqueued);
  expect(run.recipients).toMatchObject({ enqueued: transactions * 0.8 * rowsEach, rejected: 0, missing: 0 });
  // Whom a committed transaction had is in the run, and nobody else.
  const strangers = await rig.query(
    `SELECT 1 FROM app.orders FULL JOIN recipients ON phone_number = phone::bigint WHERE phone IS NULL OR phone_number IS NULL`,
  );
  expect(strangers).toEqual([]);
  // A worker that was killed while it sent leaves what nobody knows; all others were messaged, and each of them once.
  const deliveries = rig.sandbox.accepted.deliveries();
  expect([...deliveries.values()].every((times) => times === 1)).toBe(true);
  expect(run.recipients.scheduled + run.recipients.unknown).toBe(run.recipients.enqueued - run.recipients.duplicates);
  expect(deliveries.size).toBeGreaterThanOrEqual(run.recipients.scheduled);
}, 240_000);

async function countCut(): Promise<number> {
  const [row] = await rig.query<{ cut: number }>('SELECT coalesce(sum(size), 0)::int AS cut FROM batches');
  return row?.cut ?? 0;
}
