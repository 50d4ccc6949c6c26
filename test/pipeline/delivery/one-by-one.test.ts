import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RunRequest } from '../../../src/index.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { sendBatch } from '../../../src/pipeline/delivery/send.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { claimBatch } from '../../../src/store/claims.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { waitForRun } from '../../support/runs.js';

/** An individual run stops at the first message of which nobody knows whether it was sent. */
let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig.close();
});

const request = {
  name: 'Reminders',
  templateDetailId: 172,
  columns: ['phone_number', 'customer_name'],
  delivery: 'individual',
  channelId: 534,
  templateName: 'reminder',
  namespace: 'ns',
  language: 'id',
} as const satisfies RunRequest;

function* reminders(count: number) {
  for (let index = 0; index < count; index += 1)
    yield { phone_number: phoneNumber(index), customer_name: `Customer ${index}` };
}

const asked = () => rig.sandbox.accepted.summary().requests.client;
const requestsOfRun = async (count: number) =>
  (await rig.siaran.broadcast({ ...request, recipients: reminders(count) })).runId;
const held = (runId: string) =>
  waitForRun(rig, runId, (run) => run.held?.kind === 'unknown' && run.batches.sending === 0);
const idOf = (runId: string, number: number) => `${runId}-${String(number).padStart(4, '0')}`;
const take = async (batchId: string) => {
  const claim = await claimBatch(rig.ctx.db, {
    ...{ batchId, accounts: ['default'], token: randomUUID(), ttlMs: 60_000, probing: false },
  });
  if (!claim) throw new Error(`${batchId} was not claimed`);
  return claim;
};

test('two workers under 5xx from the beginning make one request, and the run goes on when an operator says so', async () => {
  rig.sandbox.setFaults([{ kind: 'http', status: 503, on: 'client' }]);
  await Promise.all([rig.work({ SIARAN_CONCURRENCY: '4' }), rig.work({ SIARAN_CONCURRENCY: '4' })]);
  const runId = await requestsOfRun(30);
  const run = await held(runId);
  expect(run).toMatchObject({
    status: 'paused',
    batches: { unknown: 1, pending: 29 },
    held: { kind: 'unknown', reason: expect.stringMatching(`${idOf(runId, 1)}.*siaran resume ${runId}`), until: null },
  });
  expect(asked()).toBe(1);
  expect(await rig.query('SELECT 1 FROM active_holds')).toEqual([]);

  // It was no passing trouble: the next one is tried alone too.
  await rig.siaran.resume(runId);
  await eventually(
    async () => (await held(runId)).batches.unknown,
    (unknown) => unknown === 2,
  );
  expect(asked()).toBe(2);

  rig.sandbox.setFaults([]);
  for (const number of [1, 2])
    await rig.siaran.resolve(idOf(runId, number), { notSent: true, force: true }, { by: 'operator' });
  await rig.siaran.resume(runId);
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', held: null });
  expect(rig.sandbox.accepted.summary()).toMatchObject({ recipients: 30, mostPerNumber: 1 });
});

test('once one was accepted, those go out at the same time that may; after an unknown one, nothing that is claimed does', async () => {
  const runId = await requestsOfRun(4);
  await chunkRun(rig.ctx, runId);
  expect(
    await claimBatch(rig.ctx.db, {
      batchId: idOf(runId, 2),
      accounts: ['default'],
      token: randomUUID(),
      ttlMs: 60_000,
      probing: false,
    }),
  ).toBeUndefined();
  await deliverBatch(rig.ctx, idOf(runId, 1), { probing: false });
  const [second, third] = [await take(idOf(runId, 2)), await take(idOf(runId, 3))];
  rig.sandbox.setFaults([{ kind: 'close-after-reading', on: 'client', times: 1 }]);
  await sendBatch(rig.ctx, second);
  await sendBatch(rig.ctx, third);
  expect(await held(runId)).toMatchObject({ batches: { scheduled: 1, unknown: 1, pending: 2 } });
  expect(asked()).toBe(2);
});

test('one that was refused is no proof that messages go through, and the next one follows at once', async () => {
  rig.sandbox.setFaults([
    { kind: 'http', status: 422, on: 'client', times: 2 },
    { kind: 'http', status: 500, on: 'client' },
  ]);
  await rig.work({ SIARAN_CONCURRENCY: '4' });
  const run = await held(await requestsOfRun(12));
  expect(run.batches).toMatchObject({ failed: 2, unknown: 1, pending: 9 });
  expect(asked()).toBe(3);
});

test('a message whose worker died holds its run too', async () => {
  const runId = await requestsOfRun(3);
  await chunkRun(rig.ctx, runId);
  await rig.query(
    "UPDATE batches SET status = 'sending', attempts = 1, claim_token = gen_random_uuid(), claim_expires_at = now() - interval '1 second' WHERE number = 1",
  );
  await reconcile(rig.ctx);
  expect(await held(runId)).toMatchObject({ batches: { unknown: 1, pending: 2 } });
});

test('a single message, or the last one of a run, leaves nothing to hold', async () => {
  rig.sandbox.setFaults([{ kind: 'http', status: 500, on: 'client' }]);
  await rig.work();
  const { columns: _, delivery: __, ...template } = request;
  const sent = await rig.siaran.sendMessage({ ...template, phoneNumber: phoneNumber(0), variables: [], wait: '10s' });
  expect(sent.status).toBe('unknown');
  expect(await rig.siaran.run(sent.runId)).toMatchObject({ status: 'finished', held: null });
});
