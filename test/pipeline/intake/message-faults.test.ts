import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from '../../../src/context.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { enqueue } from '../../../src/pipeline/intake/enqueue.js';
import { sendMessage } from '../../../src/pipeline/intake/send-message.js';
import { SharedIntakes } from '../../../src/pipeline/intake/shared-intakes.js';
import { insertAccounts } from '../../../src/store/accounts.js';
import { holdEveryAccount, probeSoon } from '../../../src/store/holds.js';
import { restoreLostSends } from '../../../src/store/lost-sends.js';
import type { Database } from '../../../src/store/postgres/database.js';
import { finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { batchIdOf, letHandOver, messageTemplate, uploaded, waitForRun } from '../../support/runs.js';

/** What has once gone wrong, or would, with messages and with those who are left out: kept so that it doesn't again. */
let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const number = phoneNumber(0);
const message = { ...messageTemplate, phoneNumber: number, variables: ['Ada'], wait: '0s' };
const by = { by: 'operator' };
const notSent = { notSent: true, force: true } as const;
const oneByOne = { ...messageTemplate, name: 'x', columns: ['phone_number'], delivery: 'individual' } as const;

/** The ledger of somebody whose first commit is made, and not confirmed. */
function losingFirstCommit(ctx: Context): Context {
  let lost = false;
  const db = new Proxy(ctx.db, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== '$transaction') return value;
      return async (work: (tx: unknown) => Promise<unknown>) => {
        const done = await target.$transaction(work as Parameters<Database['$transaction']>[0] & (() => never));
        if (lost) return done;
        lost = true;
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      };
    },
  });
  return { ...ctx, db };
}

test.each([{}, { key: 'INV-7' }])('a message whose commit is not confirmed is sent once: %j', async (key) => {
  await rig.work();
  const sent = await sendMessage(losingFirstCommit(rig.ctx), { ...message, ...key, wait: '10s' });
  expect(sent.status).toBe('scheduled');
  expect(await rig.prisma.run.count()).toBe(1);
  expect(rig.sandbox.accepted.deliveriesTo(number)).toBe(1);
});

/** A batch whose file was uploaded, and of which these were left out afterwards. */
async function leftOut(...indices: number[]) {
  const runId = await uploaded(rig, 2);
  const batchId = batchIdOf(runId, 1);
  const [file] = rig.sandbox.accepted.files();
  await letHandOver(rig, runId);
  await rig.siaran.suppress(indices.map(phoneNumber));
  const send = { attemptId: 1n, token: randomUUID(), batchId, number: 1, broadcastFileId: file?.id ?? 0 };
  return { runId, batchId, send };
}

test('the old file of a batch of which everybody was left out never goes out', async () => {
  const { runId, batchId, send } = await leftOut(0, 1);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  await rig.ctx.db.$transaction((tx) => restoreLostSends(tx, [send]));
  expect(await rig.siaran.resolve(batchId, notSent, by)).toMatchObject({ status: 'cancelled' });
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(rig.sandbox.accepted.jobs()).toEqual([]);
  expect(await rig.siaran.run(runId)).toMatchObject({ status: 'finished', recipients: { suppressed: 2 } });
});

test('the old file of a batch of which somebody was left out is made anew, whatever the ledger had forgotten', async () => {
  const { runId, batchId, send } = await leftOut(0);
  await rig.query(
    "UPDATE runs SET start_at = now() + interval '1 day', hand_over_at = now(), delivery = delivery || '{\"handOverAheadMs\": 3600000}'",
  );
  await deliverBatch(rig.ctx, batchId, { probing: false });
  await rig.ctx.db.$transaction((tx) => restoreLostSends(tx, [send]));
  expect(await rig.siaran.resolve(batchId, notSent, by)).toMatchObject({ status: 'pending' });
  await letHandOver(rig, runId);
  await deliverBatch(rig.ctx, batchId, { probing: false });
  expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(1))).toBe(1);
  expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(0))).toBe(0);
});

test('an address that is not Qiscus fails nothing: the account is held, and all goes out once it is right', async () => {
  rig.sandbox.setFaults([{ on: 'client', kind: 'http', status: 404, shape: 'html' }]);
  await rig.work();
  const { id } = await rig.siaran.startRun(oneByOne);
  await rig.siaran.enqueue(
    id,
    Array.from({ length: 20 }, (_, at) => ({ phone_number: phoneNumber(at) })),
  );
  await rig.siaran.seal(id);
  const held = await waitForRun(rig, id, (run) => run.held !== null);
  expect(held).toMatchObject({ held: { kind: 'unreachable' }, recipients: { failed: 0 } });
  rig.sandbox.setFaults([]);
  await probeSoon(rig.ctx.db, ['default']);
  expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 20 } });
});

test('a message of which Postgres has lost everything fails with these words, and the run ends', async () => {
  const { runId } = await rig.siaran.startRun(oneByOne).then(({ id }) => ({ runId: id }));
  await rig.siaran.seal(runId);
  const send = { attemptId: 1n, token: randomUUID(), batchId: `${runId}-0001`, number: 1 };
  await rig.ctx.db.$transaction((tx) => restoreLostSends(tx, [send]));
  await rig.siaran.resolve(send.batchId, notSent, by);
  await deliverBatch(rig.ctx, send.batchId, { probing: false });
  await chunkRun(rig.ctx, runId);
  expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'failed', error: expect.stringContaining('lost') }]);
  expect((await rig.siaran.run(runId)).status).toBe('finished');
});

test('a producer that dies while its messages are gathered is seen', async () => {
  const { id } = await rig.siaran.startRun(oneByOne);
  const dying = (async function* () {
    yield { phone_number: number };
    throw new Error('gone');
  })();
  await expect(enqueue(rig.ctx, new SharedIntakes(), id, dying, { source: 'crm' })).rejects.toThrow('gone');
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  expect(await rig.siaran.run(id)).toMatchObject({ unclosedIntakes: 1, recipients: { enqueued: 0 } });
});

test('a key that no message has is refused, and so is an unreadable number under one that has', async () => {
  await rig.siaran.startRun({
    ...oneByOne,
    name: 'reminder',
    key: 'none',
    columns: ['phone_number', 'body_variable1'],
    delivery: 'individual',
  });
  await expect(rig.siaran.sendMessage({ ...message, key: 'none' })).rejects.toMatchObject({ code: 'KEY_CONFLICT' });
  await rig.siaran.sendMessage({ ...message, key: 'one' });
  await expect(rig.siaran.sendMessage({ ...message, key: 'one', phoneNumber: 'x' })).rejects.toMatchObject({
    code: 'USAGE',
  });
  await rig.siaran.suppress([number]);
  await deliverBatch(rig.ctx, (await rig.siaran.sendMessage({ ...message, key: 'one' })).batchId, { probing: false });
  expect((await rig.siaran.sendMessage({ ...message, key: 'one' })).status).toBe('cancelled');
});

test('an account that comes while the ledger is known to have gone back is held like all others', async () => {
  await holdEveryAccount(rig.ctx.db, 'ledger_went_back', 'a test');
  await insertAccounts(rig.ctx.db, new Map(['late', 'default'].map((name) => [name, { portfolio: name }])));
  expect(await rig.query('SELECT account FROM active_holds ORDER BY account')).toEqual([
    { account: 'default' },
    { account: 'late' },
  ]);
});
