import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { invoices, type Rig, startRig } from '../../support/rig.js';
import { blocksOf, handIn, openShop, runWithKey } from '../handed-in.js';

let rig: Rig;
let client: Client;
beforeAll(async () => {
  rig = await startRig();
  client = await openShop(rig);
});
afterEach(async () => void (await client.query('ROLLBACK')));
afterAll(async () => {
  await client.end();
  await rig.close();
});

test('a client that is in no transaction hands nothing in, and its caller hears of it', async () => {
  const { key, id } = await runWithKey(rig);
  const refused = { code: 'USAGE', message: expect.stringMatching(/^tx is in no transaction: run BEGIN /) };
  for (const rows of [[...invoices(1)], [...invoices(2_500)], []])
    await expect(rig.siaran.enqueueIn(client, key, rows)).rejects.toMatchObject(refused);
  expect(await blocksOf(rig, id)).toEqual([]);
  // Also after a transaction of the same client.
  await handIn(rig, client, key, invoices(3));
  await expect(rig.siaran.enqueueIn(client, key, invoices(1))).rejects.toMatchObject(refused);
  expect(await blocksOf(rig, id)).toEqual([{ rows: 3 }]);
  const silent = { query: async () => undefined };
  await expect(rig.siaran.enqueueIn(silent, key, invoices(1))).rejects.toMatchObject({
    ...{ code: 'USAGE', message: expect.stringContaining('gives no rows') },
  });
});

test.each([
  ['COMMIT', [{ rows: 1_000 }]],
  ['ROLLBACK TO SAVEPOINT before', []],
])('after a %s while rows are handed in, no more of them are, and the caller hears of it', async (end, left) => {
  const { key, id } = await runWithKey(rig);
  const rows = async function* () {
    yield* invoices(1_000);
    await client.query(end);
    yield* invoices(500, 2_000);
  };
  await client.query('BEGIN');
  await client.query('SAVEPOINT before');
  await expect(rig.siaran.enqueueIn(client, key, rows())).rejects.toMatchObject({
    ...{ code: 'USAGE', message: expect.stringContaining('the first 1000 rows, and no others') },
  });
  if (end !== 'COMMIT') await client.query('COMMIT');
  expect(await blocksOf(rig, id)).toEqual(left);
});

test('two calls at once in one transaction, and a savepoint that is kept, hand all rows in', async () => {
  const { key, id } = await runWithKey(rig);
  await client.query('BEGIN');
  await client.query('SAVEPOINT before');
  const counts = await Promise.all([
    rig.siaran.enqueueIn(client, key, invoices(1_500)),
    rig.siaran.enqueueIn(client, key, invoices(1_500, 5_000)),
  ]);
  await client.query('RELEASE SAVEPOINT before');
  expect(await rig.siaran.enqueueIn(client, key, invoices(2, 9_000))).toBe(2);
  await client.query('COMMIT');
  expect(counts).toEqual([1_500, 1_500]);
  expect((await blocksOf(rig, id)).reduce((sum, { rows }) => sum + rows, 0)).toBe(3_002);
});
