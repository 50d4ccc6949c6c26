import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { messageFate } from '../../../src/store/message-logs.js';
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
  expect(await messageFate(ctx.db, batchId)).toMatchObject({ status: 'scheduled' });
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
