import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { invoices, type Rig, startRig } from '../../support/rig.js';
import { checkedRun, chunked, december, waitForRun } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_CONCURRENCY: '1' } });
});
afterEach(() => rig.close());

const cancelling = { action: 'cancel', filter: { name: 'going' } } as const;

test('a run that workers are sending is cancelled as it was seen, although fewer wait by then', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'latency', latencyMs: 700 }]);
  const id = await chunked(rig, 8_000, { name: 'Going out' });
  const { found } = await rig.siaran.bulk({ ...cancelling, dryRun: true });
  expect(found).toMatchObject({ runs: 1, recipients: 8_000 });
  await rig.work();
  await waitForRun(rig, id, ({ recipients }) => recipients.scheduled > 0);
  const done = await rig.siaran.bulk({ ...cancelling, expected: found });
  expect(done).toMatchObject({ done: { runs: 1 }, refused: [], left: 0 });
  expect(done.found.recipients).toBeLessThan(8_000);
  expect(done.done.recipients).toBeGreaterThan(0);
  await waitForRun(rig, id, ({ status }) => status === 'finished');
  const { recipients } = await checkedRun(rig, id);
  expect(recipients.cancelled).toBe(done.done.recipients);
  expect(recipients.scheduled).toBe(8_000 - recipients.cancelled);
});

test('more people in the same runs than were seen are not cancelled with them', async () => {
  const { id } = await rig.siaran.startRun({ ...december, name: 'Going on' });
  const add = async (count: number, from: number) => {
    await rig.siaran.enqueue(id, invoices(count, from));
    await chunkRun(rig.ctx, id);
  };
  await add(3, 0);
  const { found } = await rig.siaran.bulk({ ...cancelling, dryRun: true });
  await add(2, 3);
  const late = rig.siaran.bulk({ ...cancelling, expected: found });
  await expect(late).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect((await rig.siaran.run(id)).status).toBe('open');
  const { found: grown } = await rig.siaran.bulk({ ...cancelling, dryRun: true });
  expect((await rig.siaran.bulk({ ...cancelling, expected: grown })).done).toEqual({ runs: 1, recipients: 5 });
});
