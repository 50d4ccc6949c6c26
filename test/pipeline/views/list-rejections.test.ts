import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RejectionView } from '../../../src/index.js';
import { invoiceColumns, invoices, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const run = { name: 'Invoices', templateDetailId: 172, columns: invoiceColumns };

async function rejectionsOf(runId: string): Promise<RejectionView[]> {
  const rows: RejectionView[] = [];
  for await (const row of rig.siaran.rejections(runId)) rows.push(row);
  return rows;
}

test('a program reads all rejected rows of a run, with where they stood and why', async () => {
  const { id } = await rig.siaran.startRun(run);
  const [good] = [...invoices(1)];
  const bad = Array.from({ length: 1_500 }, () => ({ ...good, phone_number: '12' })) as [];
  await rig.siaran.enqueue(id, [...invoices(1), ...bad], { source: 'crm' });
  await rig.siaran.enqueue(id, bad.slice(0, 1), { source: 'branch' });
  const rows = await rejectionsOf(id);
  expect(rows).toHaveLength(1_501);
  expect(rows.slice(0, 2)).toEqual([
    { source: 'branch', position: 1, reason: expect.stringContaining('too short') },
    { source: 'crm', position: 2, reason: expect.stringContaining('too short') },
  ]);
  expect(rows.at(-1)).toMatchObject({ source: 'crm', position: 1_501 });
});

test('of a run without rejected rows there are none, and of no run there is an error', async () => {
  const { id } = await rig.siaran.startRun(run);
  expect(await rejectionsOf(id)).toEqual([]);
  await expect(rejectionsOf('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
