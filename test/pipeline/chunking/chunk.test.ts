import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { lockRunState } from '../../../src/store/runs.js';
import { suppressedAmong } from '../../../src/store/suppressions.js';
import { invoiceColumns, invoices, phoneNumber, type Rig, startRig, sumOfRecipients } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function runOf(count: number, more: { flushAfter?: string } = {}): Promise<string> {
  const { id } = await rig.siaran.startRun({ name: 'chunk', templateDetailId: 172, columns: invoiceColumns, ...more });
  await rig.siaran.enqueue(id, invoices(count), { source: 'list' });
  return id;
}

const sizes = async (id: string) => (await rig.siaran.batches(id)).map((batch) => batch.recipients);
const openBatches = (id: string) =>
  rig.query('SELECT number, size FROM batches WHERE run_id = $1 AND closed_at IS NULL', [id]);

test('full batches are cut at once, and the rest waits for more', async () => {
  const id = await runOf(2_300);
  await chunkRun(rig.ctx, id);
  expect(await sizes(id)).toEqual([1_000, 1_000, 300]);
  expect(await openBatches(id)).toEqual([{ number: 3, size: 300 }]);
  await rig.siaran.enqueue(id, invoices(900, 2_300), { source: 'more' });
  await chunkRun(rig.ctx, id);
  expect(await sizes(id)).toEqual([1_000, 1_000, 1_000, 200]);
});

test('the short batch goes out when the run is sealed', async () => {
  const id = await runOf(300);
  await chunkRun(rig.ctx, id);
  expect(await openBatches(id)).toHaveLength(1);
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  expect(await openBatches(id)).toHaveLength(0);
});

test('the short batch of a producer that trickles goes out when its oldest row is old enough, not before', async () => {
  const slow = await runOf(300, { flushAfter: '1h' });
  const quick = await runOf(300, { flushAfter: '1ms' });
  for (const id of [slow, quick, slow, quick]) await chunkRun(rig.ctx, id);
  expect(await openBatches(slow)).toHaveLength(1);
  expect(await openBatches(quick)).toHaveLength(0);
});

test('numbers that earlier turns took are dropped, in the turn that meets the first of them and in later ones', async () => {
  const id = await runOf(6_500);
  for (let turn = 0; turn < 2; turn += 1) await chunkRun(rig.ctx, id);
  // In its first turn the last number only is in already; in the second one, half of them.
  const overlapping = function* () {
    yield* invoices(4_999, 10_000);
    yield* invoices(2_001, 5_499);
  };
  await rig.siaran.enqueue(id, overlapping(), { source: 'overlap' });
  for (let turn = 0; turn < 2; turn += 1) await chunkRun(rig.ctx, id);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({
    enqueued: 13_500,
    buffered: 0,
    pending: 6_500 + 4_999 + 1_000,
    duplicates: 1_001,
  });
  expect(await sizes(id)).toEqual([...Array(12).fill(1_000), 499]);
  expect((await rig.siaran.verify(id)).breaches).toEqual([]);
});

test('a second delivery of the same turn, and many at once, change nothing', async () => {
  const id = await runOf(12_000);
  await Promise.all(Array.from({ length: 8 }, () => chunkRun(rig.ctx, id)));
  for (let turn = 0; turn < 3; turn += 1) await chunkRun(rig.ctx, id);
  expect(await sizes(id)).toEqual(Array(12).fill(1_000));
  const run = await rig.siaran.run(id);
  expect(run.recipients).toMatchObject({ enqueued: 12_000, buffered: 0, pending: 12_000, duplicates: 0 });
});

test('a worker that dies between commit and trim leaves blocks that count once and go with the next turn', async () => {
  const id = await runOf(3_000);
  const dying = {
    ...rig.ctx,
    buffer: Object.create(rig.ctx.buffer, {
      peek: { value: rig.ctx.buffer.peek.bind(rig.ctx.buffer) },
      trim: { value: () => Promise.reject(new Error('killed')) },
    }),
  };
  await expect(chunkRun(dying, id)).rejects.toThrow('killed');
  expect(await rig.ctx.buffer.heads(id)).toHaveLength(3);
  const run = await rig.siaran.run(id);
  expect(run.recipients).toMatchObject({ enqueued: 3_000, buffered: 0, pending: 3_000 });
  expect(sumOfRecipients(run)).toBe(3_000);
  await chunkRun(rig.ctx, id);
  expect(await rig.ctx.buffer.heads(id)).toHaveLength(0);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 3_000, pending: 3_000, duplicates: 0 });
});

test('a worker that dies before the commit has done nothing', async () => {
  const id = await runOf(1_500);
  const dying = {
    ...rig.ctx,
    buffer: Object.create(rig.ctx.buffer, { peek: { value: () => Promise.reject(new Error('killed')) } }),
  };
  await expect(chunkRun(dying, id)).rejects.toThrow('killed');
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 1_500, buffered: 1_500, pending: 0 });
});

test('blocks of an intake that the ledger does not know stay in the buffer, and everything is held', async () => {
  const id = await runOf(10);
  await rig.query('DELETE FROM intakes WHERE run_id = $1', [id]);
  await chunkRun(rig.ctx, id);
  expect(await rig.ctx.buffer.heads(id)).toHaveLength(1);
  expect(await rig.siaran.run(id)).toMatchObject({ held: { kind: 'ledger_went_back' }, recipients: { pending: 0 } });
  await rig.siaran.repairLedger();
});

test('a queue job for a run that does not exist does nothing', async () => {
  await expect(chunkRun(rig.ctx, 'rnope')).resolves.toBeUndefined();
});

test('what is still buffered when a run is cancelled drains into cancelled', async () => {
  const id = await runOf(1_300);
  await rig.ctx.db.$transaction(async (tx) => {
    await lockRunState(tx, id);
    await tx.$executeRaw`UPDATE runs SET cancelled_at = clock_timestamp() WHERE id = ${id}`;
  });
  await chunkRun(rig.ctx, id);
  expect(await rig.siaran.run(id)).toMatchObject({
    status: 'finished',
    outcome: 'cancelled',
    recipients: { cancelled: 1_300, buffered: 0 },
    batches: { cancelled: 2 },
  });
});

test('duplicates across producers are dropped, and their places filled, whatever the order', async () => {
  const { id } = await rig.siaran.startRun({ name: 'overlap', templateDetailId: 172, columns: invoiceColumns });
  await Promise.all(
    [0, 500, 1_000, 1_500].map((from) => rig.siaran.enqueue(id, invoices(1_000, from), { source: `from ${from}` })),
  );
  await rig.siaran.seal(id);
  for (let turn = 0; turn < 3; turn += 1) await chunkRun(rig.ctx, id);
  expect(await sizes(id)).toEqual([1_000, 1_000, 500]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 4_000, duplicates: 1_500, pending: 2_500 });
});

test('a batch is cut by bytes too, in one turn and over several, so that its file has at most 8 MB', async () => {
  const { id } = await rig.siaran.startRun({
    ...{ name: 'long', templateDetailId: 172, columns: invoiceColumns, values: 'send' },
  });
  const long = (from: number, to: number) =>
    [...invoices(to, 0)].slice(from).map((row) => ({ ...row, body_variable1: `"${'x'.repeat(600_000)}"` }));
  await rig.siaran.enqueue(id, long(0, 5), { source: 'one' });
  await chunkRun(rig.ctx, id);
  await rig.siaran.enqueue(id, long(5, 30), { source: 'two' });
  for (let left = 1; left > 0; left = (await rig.ctx.buffer.heads(id)).length) await chunkRun(rig.ctx, id);
  expect(await sizes(id)).toEqual([13, 13, 4]);
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  for (const number of ['0001', '0003']) await deliverBatch(rig.ctx, `${id}-${number}`, { probing: false });
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 30, scheduled: 17, pending: 13 });
});

test('in whatever blocks and with whatever duplicates and suppressed numbers rows come, every other number stands in one batch, full but for the last', async () => {
  const turn = fc.oneof(
    fc.record({ from: fc.nat(3_000), count: fc.integer({ min: 1, max: 1_700 }) }),
    fc.constant('chunk' as const),
    fc.record({ suppress: fc.array(fc.nat(4_700), { minLength: 1, maxLength: 50 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 8 }), async (turns) => {
      await rig.query('TRUNCATE suppressions');
      const { id } = await rig.siaran.startRun({ name: 'chunks', templateDetailId: 172, columns: invoiceColumns });
      const given = new Set<number>();
      let enqueued = 0;
      for (const [at, step] of turns.entries()) {
        if (step === 'chunk') await chunkRun(rig.ctx, id);
        else if ('suppress' in step) await rig.siaran.suppress(step.suppress.map(phoneNumber));
        else {
          await rig.siaran.enqueue(id, invoices(step.count, step.from), { source: `part ${at}` });
          enqueued += step.count;
          for (let index = step.from; index < step.from + step.count; index += 1) given.add(index);
        }
        expect((await rig.siaran.verify(id)).breaches).toEqual([]);
      }
      await rig.siaran.seal(id);
      for (let left = 1; left > 0; left = (await rig.ctx.buffer.heads(id)).length) await chunkRun(rig.ctx, id);
      const run = await rig.siaran.run(id);
      expect(run.recipients).toMatchObject({
        enqueued,
        pending: given.size - run.recipients.suppressed,
        duplicates: enqueued - given.size,
        buffered: 0,
      });
      const out = await rig.query<{ phone_number: string }>(
        'SELECT phone_number FROM recipients WHERE batch_number = 0 AND run_number = (SELECT number FROM runs WHERE id = $1)',
        [id],
      );
      const listed = await suppressedAmong(
        rig.ctx.db,
        out.map((row) => row.phone_number),
      );
      expect([out.length, listed.size]).toEqual([run.recipients.suppressed, run.recipients.suppressed]);
      const sizes = (await rig.siaran.batches(id)).map((batch) => batch.recipients);
      expect(sizes.slice(0, -1).every((size) => size === 1_000)).toBe(true);
    }),
    { numRuns: 15, interruptAfterTimeLimit: 40_000 },
  );
});
