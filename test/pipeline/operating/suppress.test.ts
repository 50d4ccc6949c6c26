import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { importSuppressions, startImporting } from '../../../src/pipeline/operating/suppress.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { finished, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { checkedRun, chunked, december, deliver, letHandOver, messageTemplate, uploaded } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' } });
});
afterEach(() => rig.close());

const numbers = (...indices: number[]) => indices.map(phoneNumber);
const messaged = (...indices: number[]) =>
  numbers(...indices).map((number) => rig.sandbox.accepted.deliveriesTo(number));

describe('a suppressed recipient', () => {
  test('that is enqueued again is a duplicate, whichever way it was left out', async () => {
    await rig.siaran.suppress(numbers(0));
    const { id } = await rig.siaran.startRun(december);
    await rig.siaran.enqueue(id, invoices(1_000), { source: 'a' });
    await chunkRun(rig.ctx, id);
    await rig.siaran.enqueue(id, invoices(10, 1_000), { source: 'b' });
    await chunkRun(rig.ctx, id);
    await rig.siaran.suppress(numbers(1));
    await deliver(rig, id, 1);
    expect((await checkedRun(rig, id)).recipients).toMatchObject({ scheduled: 999, pending: 9, suppressed: 2 });
    // The first of these is refused by the primary key; the second intake has had duplicates.
    await rig.siaran.enqueue(id, invoices(3), { source: 'c' });
    await chunkRun(rig.ctx, id);
    expect((await checkedRun(rig, id)).recipients).toMatchObject({ suppressed: 2, duplicates: 3 });
    await rig.siaran.suppress(numbers(5_000));
    await rig.siaran.enqueue(id, [...invoices(2), ...invoices(2, 5_000), ...invoices(1, 5_000)], { source: 'c' });
    await chunkRun(rig.ctx, id);
    expect((await checkedRun(rig, id)).recipients).toMatchObject({ suppressed: 3, duplicates: 6, pending: 10 });
  });

  test('was handed over before, and stays handed over', async () => {
    const id = await chunked(rig, 10);
    await deliver(rig, id, 1);
    await rig.siaran.suppress(numbers(0));
    await rig.work();
    expect(await checkedRun(rig, id)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 10, suppressed: 0 },
    });
  });

  test('is messaged again by later runs once it is taken off the list', async () => {
    await rig.siaran.suppress(numbers(0));
    const before = await chunked(rig, 10);
    await rig.siaran.unsuppress(numbers(0));
    await deliver(rig, before, 1);
    expect(messaged(0)).toEqual([0]);
    await deliver(rig, await chunked(rig, 10), 1);
    expect(messaged(0, 1)).toEqual([1, 2]);
    await checkedRun(rig, before);
  });

  test('that is nowhere counted, or counted and nowhere, is a breach', async () => {
    await rig.siaran.suppress(numbers(0));
    const id = await chunked(rig, 10);
    await rig.query('DELETE FROM recipients WHERE batch_number = 0');
    expect((await rig.siaran.verify(id)).breaches).toEqual([
      { rule: 'each suppressed recipient is counted', detail: '1 are counted, 0 are found' },
    ]);
  });

  test('stays on the list when its run is purged', async () => {
    await rig.siaran.suppress(numbers(0));
    const id = await chunked(rig, 10);
    await deliver(rig, id, 1);
    await reconcile(rig.ctx);
    let removed = 0;
    for await (const slice of purge(rig.ctx, 0)) removed += slice.recipients;
    expect(removed).toBe(10);
    expect(await rig.query('SELECT 1 FROM suppressions')).toHaveLength(1);
    expect((await checkedRun(rig, id)).recipients).toMatchObject({ suppressed: 1, scheduled: 9 });
  });
});

describe('a batch of which nobody is left', () => {
  test('is cancelled and says why, and its run is delivered and takes more', async () => {
    const { id } = await rig.siaran.startRun(december);
    await rig.siaran.enqueue(id, invoices(1_003), { source: 'a' });
    await chunkRun(rig.ctx, id);
    await rig.siaran.suppress(Array.from(invoices(1_000), ({ phone_number }) => phone_number));
    await deliver(rig, id, 1);
    expect(await rig.siaran.batches(id)).toMatchObject([
      { status: 'cancelled', recipients: 0, error: 'everybody in it is suppressed', attempts: 0 },
      { status: 'pending', recipients: 3 },
    ]);
    await rig.siaran.enqueue(id, invoices(2, 2_000), { source: 'b' });
    await rig.siaran.seal(id);
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over' });
    expect((await checkedRun(rig, id)).recipients).toMatchObject({ scheduled: 5, suppressed: 1_000, cancelled: 0 });
    expect(await rig.siaran.retry(id)).toEqual({ batches: 0, recipients: 0 });
    await rig.siaran.cancel(id);
    expect(await rig.siaran.run(id)).toMatchObject({ outcome: 'handed_over' });
  });

  test('and that is a single message, without a file, is not sent', async () => {
    const id = await chunked(rig, 1, { ...messageTemplate, delivery: 'individual' });
    await rig.query('UPDATE runs SET one_by_one = false');
    await rig.siaran.suppress(numbers(0));
    await deliver(rig, id, 1);
    expect(await checkedRun(rig, id)).toMatchObject({ outcome: 'nobody', recipients: { suppressed: 1, pending: 0 } });
    expect(rig.sandbox.accepted.summary().requests).toMatchObject({ upload: 0, send: 0, client: 0 });
  });

  test('and whose file was uploaded is not sent', async () => {
    const id = await uploaded(rig, 3);
    await rig.siaran.suppress(numbers(0, 1, 2));
    await letHandOver(rig, id);
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'nobody', recipients: { suppressed: 3 } });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await checkedRun(rig, id);
  });

  test('stops a run that it was the first of until that is resumed, and this is told', async () => {
    const id = await chunked(rig, 30, { first: 3 });
    await rig.siaran.suppress(numbers(0, 1, 2));
    await deliver(rig, id, 1);
    expect(await checkedRun(rig, id)).toMatchObject({
      status: 'paused',
      held: { kind: 'first', reason: 'everybody of the first batch is suppressed; the rest waits until it is resumed' },
    });
    expect(await rig.query('SELECT event, detail FROM notices')).toEqual([
      {
        event: 'hold',
        detail: {
          kind: 'first',
          reason: 'everybody of the first batch is suppressed; the rest waits until it is resumed',
        },
      },
    ]);
    await deliver(rig, id, 2);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await rig.siaran.resume(id);
    await rig.work();
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 27 } });
    await checkedRun(rig, id);
  });

  test('does not hold a first batch of which somebody is left', async () => {
    const id = await chunked(rig, 30, { first: 3 });
    await rig.siaran.suppress(numbers(0, 1));
    await deliver(rig, id, 1);
    expect(await checkedRun(rig, id)).toMatchObject({ status: 'paused', recipients: { scheduled: 1, suppressed: 2 } });
    expect(messaged(0, 1, 2)).toEqual([0, 0, 1]);
  });
});

describe('the list', () => {
  test('takes a number once, however it is written, keeps its first reason, and lets it go', async () => {
    const siaran = rig.open({ SIARAN_DEFAULT_COUNTRY: 'ID' });
    const forms = ['0812-1000-0000', phoneNumber(0), Number(phoneNumber(0)), '+62 812 1000 0001'];
    expect(await siaran.suppress(forms, { reason: 'asked by phone' })).toEqual({ added: 2, already: 0 });
    expect(await siaran.suppress(numbers(1, 2))).toEqual({ added: 1, already: 1 });
    const listed = [];
    for await (const entry of siaran.suppressed()) listed.push(entry);
    expect(listed).toEqual([
      { phoneNumber: phoneNumber(0), reason: 'asked by phone', source: 'operator', addedAt: expect.any(String) },
      { phoneNumber: phoneNumber(1), reason: 'asked by phone', source: 'operator', addedAt: expect.any(String) },
      { phoneNumber: phoneNumber(2), reason: 'no reason given', source: 'operator', addedAt: expect.any(String) },
    ]);
    expect(await siaran.unsuppress(numbers(1, 3))).toEqual({ removed: 1, absent: 1 });
  });

  test('takes nothing if one of the numbers is none, and names each of those, masked', async () => {
    const wrong = rig.siaran.suppress([phoneNumber(0), '081234567', 'call me']);
    await expect(wrong).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^phone_number "0812\*\*\*67" .*\nphone_number "call me" has letters/),
    });
    expect(await rig.query('SELECT 1 FROM suppressions')).toEqual([]);
    await expect(rig.siaran.suppress(phoneNumber(0))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(rig.siaran.suppress([], { reason: '' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('takes 10,000 numbers of a file, says which rows are none, and the same file again changes nothing', async () => {
    const rows = async function* () {
      yield* invoices(10_000);
      yield { customer_name: 'nobody' };
      yield { phone_number: '12' };
    };
    const [importing, again] = [startImporting(), startImporting()];
    await importSuppressions(rig.ctx, rows(), 'imported', importing);
    expect(importing).toMatchObject({ added: 10_000, already: 0, rejected: 2 });
    expect(importing.rejections.map(({ position }) => position)).toEqual([10_001, 10_002]);
    await importSuppressions(rig.ctx, rows(), 'imported', again);
    expect(again).toMatchObject({ added: 0, already: 10_000, rejected: 2 });
    const id = await chunked(rig, 12_000);
    for (let turn = 0; turn < 3; turn += 1) await chunkRun(rig.ctx, id);
    expect((await checkedRun(rig, id)).recipients).toMatchObject({ suppressed: 10_000, pending: 2_000 });
  });

  test('takes the same numbers in opposite orders at the same time', async () => {
    const all = Array.from(invoices(3_000), ({ phone_number }) => phone_number);
    const results = await Promise.all([1, 2, 3, 4].map((at) => rig.siaran.suppress(at % 2 ? all : all.toReversed())));
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(3_000);
    await Promise.all([rig.siaran.unsuppress(all), rig.siaran.unsuppress(all.toReversed()), rig.siaran.suppress(all)]);
  });
});
