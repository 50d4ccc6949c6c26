import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { eventually, finished, type Rig, startRig } from '../../support/rig.js';
import { batchIdOf, chunked, deliver } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' } });
});
afterEach(() => rig.close());

/** A run with one batch that is ready to be delivered. */
const oneBatch = () => chunked(rig, 10);
const statusOf = async (runId: string) => (await rig.siaran.batches(runId))[0];

test('a delivery that is stalled past its deadline writes nothing to the provider', async () => {
  const runId = await oneBatch();
  // The claim would end before a request could: the intent is taken back, nothing is sent.
  const hurried = { ...rig.ctx, config: { ...rig.ctx.config, claimTtlMs: rig.ctx.config.requestTimeoutMs } };
  await deliver({ ctx: hurried }, runId, 1);
  expect(rig.sandbox.accepted.summary().requests.send).toBe(0);
  expect(await statusOf(runId)).toMatchObject({
    status: 'uploaded',
    attempts: 1,
    error: expect.stringContaining('had passed'),
  });
});

test('a Postgres that commits the intent and dies before it says so leaves nothing unknown: nothing was sent', async () => {
  const runId = await oneBatch();
  const db = new Proxy(rig.ctx.db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== '$queryRaw') return value;
      return async (parts: TemplateStringsArray, ...values: unknown[]) => {
        const rows = await target.$queryRaw(parts, ...values);
        if (parts.join('').includes('INSERT INTO attempts')) throw new Error('read ECONNRESET');
        return rows;
      };
    },
  });
  await expect(deliver({ ctx: { ...rig.ctx, db } }, runId, 1)).rejects.toThrow('ECONNRESET');
  expect(await statusOf(runId)).toMatchObject({ status: 'uploaded', attempts: 1 });
  expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
  await deliver(rig, runId, 1);
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', attempts: 2 });
});

test('a second delivery of the same queue job sends nothing', async () => {
  const runId = await oneBatch();
  await Promise.all(Array.from({ length: 5 }, () => deliver(rig, runId, 1)));
  await deliver(rig, runId, 1);
  await deliverBatch(rig.ctx, 'rnope-0001', { probing: false });
  expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', attempts: 1 });
});

test('an answer is recorded before it is logged', async () => {
  const runId = await oneBatch();
  const said: unknown[] = [];
  const refuse = (...words: unknown[]) => {
    said.push(words[1]);
    throw new Error('no space left on device');
  };
  const log = { ...rig.ctx.logger, info: refuse, warn: refuse, error: refuse, fatal: refuse, debug: refuse };
  const child = () => ({ ...log, info: (...words: unknown[]) => words[1] === 'uploaded' || refuse(...words) });
  const logger = { ...log, child } as unknown as typeof rig.ctx.logger;
  await expect(deliver({ ctx: { ...rig.ctx, logger } }, runId, 1)).rejects.toThrow('no space');
  expect(said).toEqual(['answered']);
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', attempts: 1 });
});

test('workers that are told to stop begin no send', async () => {
  const runId = await oneBatch();
  await deliver({ ctx: { ...rig.ctx, stopping: AbortSignal.abort() } }, runId, 1);
  expect(await statusOf(runId)).toMatchObject({ status: 'uploaded', attempts: 0 });
  await deliver(rig, runId, 1);
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled' });
});

test('an operator who lifts holds while answers come in keeps none of them from being recorded', async () => {
  const answers = Array.from({ length: 6 }, async () => {
    const runId = await oneBatch();
    await deliver(rig, runId, 1);
    return statusOf(runId);
  });
  const lifting = (async () => {
    for (let time = 0; time < 30; time += 1) await rig.siaran.resumeAll();
  })();
  for (const batch of await Promise.all(answers)) expect(batch).toMatchObject({ status: 'scheduled' });
  await lifting;
});

test('queue jobs that are lost are rebuilt from Postgres', async () => {
  const runId = await oneBatch();
  await rig.redis.del(...(await rig.redis.keys(`{${rig.env.SIARAN_PREFIX}}:*`)));
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
});

test('a worker that lost its claim while it uploaded does not send', async () => {
  const runId = await oneBatch();
  rig.sandbox.setFaults([{ on: 'upload', kind: 'latency', latencyMs: 300, times: 1 }]);
  const slow = deliver(rig, runId, 1);
  await eventually(
    () => rig.query('SELECT 1 FROM batches WHERE id = $1 AND claim_token IS NOT NULL', [batchIdOf(runId, 1)]),
    (rows) => rows.length === 1,
  );
  await rig.query("UPDATE batches SET claim_expires_at = now() - interval '1 second' WHERE id = $1", [
    batchIdOf(runId, 1),
  ]);
  await deliver(rig, runId, 1);
  await slow;
  expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  expect(await statusOf(runId)).toMatchObject({ status: 'scheduled', attempts: 1 });
});

test('a batch whose rows in the ledger were damaged fails, and no file of it leaves the house', async () => {
  const runId = await oneBatch();
  await rig.ctx.db.$executeRaw`
    UPDATE batch_rows SET lines = replace(lines, '["628', '["+628') WHERE batch_id = ${batchIdOf(runId, 1)}`;
  await deliver(rig, runId, 1);
  expect(await statusOf(runId)).toMatchObject({
    status: 'failed',
    error: "not sent: row 1 of its ledger isn't a phone number and a value for each column",
  });
  expect(rig.sandbox.accepted.summary()).toMatchObject({ files: 0, jobs: 0, requests: { upload: 0, send: 0 } });
});
