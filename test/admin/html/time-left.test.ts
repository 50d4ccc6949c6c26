import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { batchIdOf, chunked, deliver } from '../../support/runs.js';
import { openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let visitors: Visitors;
beforeAll(async () => {
  rig = await startAdminRig();
  visitors = await openVisitors(rig);
});
afterAll(() => rig.close());

const handedOverAgo = (id: string, batch: number, seconds: number) =>
  rig.query("UPDATE batches SET scheduled_at = now() - $2 * interval '1 second' WHERE id = $1", [
    batchIdOf(id, batch),
    seconds,
  ]);

test('the time that is left is told by what was handed over lately, not before a pause', async () => {
  const id = await chunked(rig, 4_000);
  const page = async () => (await visitors.get(`/runs/${id}`)).text;
  await deliver(rig, id, 1);
  await deliver(rig, id, 2);
  await handedOverAgo(id, 1, 86_400);
  await handedOverAgo(id, 2, 86_300);
  // It has only just gone on: nothing tells how fast.
  expect(await page()).not.toContain('At this pace');
  await deliver(rig, id, 3);
  await handedOverAgo(id, 2, 600);
  await handedOverAgo(id, 3, 300);
  expect(await page()).toContain('At this pace the other 1,000 recipients are handed over in about 10 minutes.');
});
