import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeLine } from '../../../src/domain/recipients/recipient.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { startRunWith } from '../../../src/pipeline/intake/start-run.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';
import { messageTemplate } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const message = { ...messageTemplate, phoneNumber: '6281527975868', variables: ['Ada'] } as const;

/** Longer than the test may take: what doesn't come before is not told. */
const neverMs = 600_000;

test('a worker tells whoever waits for a message as soon as it is settled', async () => {
  const { ctx, siaran } = rig;
  const { batchId } = await siaran.sendMessage({ ...message, wait: '0s' });
  ctx.settled.listen();
  await eventually(async () => ctx.settled.isHeard, Boolean);
  const watch = ctx.settled.watch(batchId);
  await deliverBatch(ctx, batchId, { probing: false, waiter: ctx.settled.waiter });
  await watch.next(neverMs, ctx.closing);
  watch.end();
  expect(await ctx.newMessages.fate(batchId)).toMatchObject({ status: 'scheduled' });
});

test('what was told before it is waited for is not missed', async () => {
  const { ctx } = rig;
  ctx.settled.listen();
  await eventually(async () => ctx.settled.isHeard, Boolean);
  const [early, late] = [ctx.settled.watch('early'), ctx.settled.watch('late')];
  for (const told of ['early', 'late']) ctx.settled.tell(ctx.settled.waiter, told);
  await late.next(neverMs, ctx.closing);
  await early.next(neverMs, ctx.closing);
});

test('who has lost the connection that tells of messages looks for them, and hears of the next one again', async () => {
  const { ctx } = rig;
  ctx.settled.listen();
  await eventually(async () => ctx.settled.isHeard, Boolean);
  await ctx.redis.client('KILL', 'TYPE', 'PUBSUB');
  await eventually(async () => ctx.settled.isHeard, Boolean);
  const sending = rig.siaran.sendMessage(message);
  await rig.work();
  expect((await sending).status).toBe('scheduled');
});

test('messages that are handed in at the same time share a transaction, and each is a run of its own', async () => {
  const { siaran, query } = rig;
  await siaran.sendMessage({ ...message, wait: '0s' });
  const handedIn = ['a', 'b', 'c', 'd'].map((key) => siaran.sendMessage({ ...message, key, wait: '0s' }));
  const runIds = (await Promise.all(handedIn)).map(({ runId }) => runId);
  expect(new Set(runIds).size).toBe(4);
  expect(await query('SELECT count(DISTINCT xmin::text)::int AS n FROM runs WHERE key IS NOT NULL')).toEqual([
    { n: 1 },
  ]);
  for (const runId of runIds) {
    expect(await siaran.run(runId)).toMatchObject({
      status: 'sealed',
      recipients: { enqueued: 1, pending: 1, missing: 0 },
    });
    expect((await siaran.verify(runId)).breaches).toEqual([]);
  }
});

test.each([
  [
    'may be missed',
    { startAt: '2030-01-01T00:00:00Z', catchUp: 'skip' },
    { skipped: true, retried: false, held: null },
  ],
  [
    'is sent again by itself',
    { retryAfterFailure: { codes: [131026], after: '24h', times: 1 } },
    { skipped: false, retried: true, held: null },
  ],
  ['is refused with its rows', { maxRejected: 0 }, { skipped: false, retried: false, held: 'preparing' }],
] as const)(
  'what is not known of a run that is inserted with others is not lost: one that %s',
  async (_, more, stands) => {
    const columns = ['phone_number'] as const;
    const request = { ...messageTemplate, ...more, columns, name: 'reminder', delivery: 'individual' } as const;
    const line = writeLine([message.phoneNumber]);
    const { id } = await startRunWith(rig.ctx, request, undefined, (run) =>
      rig.ctx.newMessages.insert({ ...run, line }),
    );
    expect(
      await rig.query(
        'SELECT skip_missed AS skipped, retry_after_failure IS NOT NULL AS retried, held_kind AS held FROM runs WHERE id = $1',
        [id],
      ),
    ).toEqual([stands]);
  },
);

test('a message to somebody who was forgotten, beside others, is handed in alone, without the number', async () => {
  const { siaran, query } = rig;
  await siaran.forget(message.phoneNumber);
  const others = ['6281527975869', '6281527975870'].map((phoneNumber) => ({ ...message, phoneNumber, wait: '0s' }));
  await Promise.all([message, ...others].map((each) => siaran.sendMessage({ ...each, wait: '0s' })));
  const written = await query("SELECT lines FROM batch_rows WHERE lines LIKE '%62815279758%' ORDER BY lines");
  expect(written).toHaveLength(2);
  expect(await query('SELECT 1 FROM batches')).toHaveLength(3);
});
