import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { invoiceColumns, invoices, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('a turn that looked before the last rows came does not take the run for drained', async () => {
  const { id } = await rig.siaran.startRun({
    ...{ name: 'Open', templateDetailId: 172, columns: invoiceColumns, flushAfter: '1ms' },
  });
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const rows = async function* () {
    begin();
    await gate;
    yield* invoices(2);
  };
  const enqueued = rig.siaran.enqueue(id, rows(), { source: 'slow' });
  await begun;
  // It sees an empty buffer; then the producer ends, before the turn does.
  const { buffer } = rig.ctx;
  const peek = buffer.peek.bind(buffer);
  Object.defineProperty(buffer, 'peek', {
    configurable: true,
    value: async (...asked: Parameters<typeof peek>) => {
      const seen = await peek(...asked);
      open();
      await enqueued;
      return seen;
    },
  });
  await chunkRun(rig.ctx, id);
  Reflect.deleteProperty(buffer, 'peek');
  expect((await enqueued).accepted).toBe(2);
  const drained = async () => (await rig.query('SELECT drained_at FROM runs WHERE id = $1', [id]))[0]?.drained_at;
  expect(await drained()).toBeNull();
  await chunkRun(rig.ctx, id);
  expect(await drained()).toBeNull();
  // What an older worker has taken for drained is looked at again.
  await rig.query('UPDATE runs SET drained_at = now() WHERE id = $1', [id]);
  await chunkRun(rig.ctx, id);
  expect(
    await rig.query('SELECT number, size, closed_at IS NOT NULL AS closed FROM batches WHERE run_id = $1', [id]),
  ).toEqual([{ number: 1, size: 2, closed: true }]);
});
