import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Queue, Worker } from 'bullmq';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { openDelivery } from '../../../src/delivery-context.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { connectWorkerRedis } from '../../../src/queue/redis/connection.js';
import { Vitals } from '../../../workers/vitals.js';
import { keepingLock, workerOptions } from '../../../workers/worker-options.js';
import { eventually, finished, invoiceColumns, invoices, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
/** Lets go what hangs, so that the test ends. */
let letGo: () => void;
let hanging: Promise<void>;

beforeEach(async () => {
  rig = await startRig();
  hanging = new Promise((resolve) => {
    letGo = resolve;
  });
});
afterEach(() => rig.close());

test('a step that hangs loses its queue job to another worker, although Postgres and Redis answer', async () => {
  const redis = connectWorkerRedis(rig.ctx.config, { gone() {}, back() {} });
  const options = workerOptions(rig.ctx, redis);
  const queue = new Queue('hanging', options);
  const doneBy: string[] = [];
  const worker = (name: string, step: () => Promise<void>) =>
    new Worker(
      'hanging',
      keepingLock(
        rig.ctx,
        new Vitals(),
        async () => {
          doneBy.push(`${name} begins`);
          await step();
        },
        1_000,
      ),
      options,
    ).on('error', () => {});
  const hung = worker('hung', () => hanging);
  await queue.add('job', {});
  await eventually(
    async () => doneBy,
    (seen) => seen.length === 1,
  );
  const healthy = worker('healthy', async () => {});
  await eventually(
    async () => doneBy,
    (seen) => seen.includes('healthy begins'),
    20_000,
  );
  expect(doneBy).toEqual(['hung begins', 'healthy begins']);
  letGo();
  await Promise.all([hung.close(), healthy.close(), queue.close()]);
  redis.disconnect();
});

test('a worker that hangs in an upload keeps its batch from the others only as long as that may take', async () => {
  const env = { ...rig.env, SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms', SIARAN_STATEMENT_TIMEOUT: '1s' };
  const ctx = openDelivery(openContext(parseConfig(env)), new AbortController().signal);
  const { runId } = await rig.siaran.broadcast({
    ...{ name: 'December', templateDetailId: 172, columns: invoiceColumns },
    recipients: invoices(10),
  });
  await chunkRun(rig.ctx, runId);
  let begun = 0;
  const upload = () => {
    begun = Date.now();
    return hanging.then(() => ({ reached: 'no', error: 'let go' }));
  };
  const hung = deliverBatch({ ...ctx, qiscus: { of: () => ({ upload }) } as never }, `${runId}-0001`, {
    probing: false,
  });
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: 10 } });
  const keptMs = Date.now() - begun;
  // The claim that was kept alive is over by then, and somebody has looked.
  expect(keptMs).toBeGreaterThan(2_500);
  expect(keptMs).toBeLessThan(10_000);
  letGo();
  await hung;
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 10 } });
  expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  await ctx.qiscus.close();
  await ctx.close();
});
