import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.js';
import { type DeliveryContext, openContext } from '../../../src/context.js';
import { openDelivery } from '../../../src/delivery-context.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { eventually, finished, invoiceColumns, invoices, type Rig, startRig } from '../../support/rig.js';
import { type SilentProxy, startSilentProxy } from '../../support/servers/silent-proxy.js';

let rig: Rig;
let proxy: SilentProxy;
const december = { name: 'December', templateDetailId: 172, columns: invoiceColumns };
const isOnce = () => Math.max(...rig.sandbox.accepted.deliveries().values()) === 1;

beforeEach(async () => {
  rig = await startRig();
});
afterEach(async () => {
  proxy.close();
  await rig.close();
});

describe('a note of a send that Redis does not confirm in time', () => {
  let batchId: string;
  let silent: DeliveryContext;
  beforeEach(async () => {
    proxy = await startSilentProxy(rig.env.REDIS_URL ?? '');
    const env = {
      ...rig.env,
      REDIS_URL: proxy.through(rig.env.REDIS_URL ?? ''),
      ...{ SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' },
    };
    silent = openDelivery(openContext(parseConfig(env)), new AbortController().signal);
    const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(10) });
    await chunkRun(rig.ctx, runId);
    batchId = `${runId}-0001`;
    const { witness } = silent;
    // Everything until then is answered.
    const remember: typeof witness.remember = (...args) => {
      proxy.silence();
      return witness.remember(...args);
    };
    await deliverBatch({ ...silent, witness: { remember, latest: () => [] } as never }, batchId, { probing: false });
  });
  afterEach(async () => {
    await silent.qiscus.close();
    await silent.close();
  });

  const attempts = () =>
    rig.query(`SELECT number, outcome, token, answered_at < intended_at + interval '1500 ms' AS "whileClaimed"
      FROM attempts ORDER BY number`);

  test('is withheld, not unknown; should it come late, the next send knows it', async () => {
    expect(await attempts()).toMatchObject([{ number: 1, outcome: 'not_sent', whileClaimed: true }]);
    expect(await rig.query('SELECT status, error FROM batches')).toEqual([
      { status: 'uploaded', error: expect.stringContaining('Redis did not take note') },
    ]);
    expect(rig.sandbox.accepted.summary().requests.send).toBe(0);
    proxy.flow('late');
    await eventually(
      () => rig.ctx.witness.latest(),
      (sends) => sends.length === 1,
    );
    await deliverBatch(rig.ctx, batchId, { probing: false });
    expect(await rig.query('SELECT status FROM batches')).toEqual([{ status: 'scheduled' }]);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  });

  test('does not take the place of the next send, should it come after that', async () => {
    await deliverBatch(rig.ctx, batchId, { probing: false });
    proxy.flow('late');
    // What is asked on the same connection is answered after the note.
    await silent.redis.ping();
    const [, second] = await attempts();
    expect(await rig.ctx.witness.latest()).toMatchObject([{ token: second?.token }]);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(1);
  });
});

test('a worker whose Postgres is silent keeps nothing from the others, and records what it sent once bytes flow', async () => {
  proxy = await startSilentProxy(rig.databaseUrl);
  rig.sandbox.setFaults([{ on: 'send', kind: 'latency', latencyMs: 300 }]);
  await rig.work({ DATABASE_URL: proxy.through(rig.databaseUrl), SIARAN_STATEMENT_TIMEOUT: '1s' });
  const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(20_000) });
  await eventually(
    () => rig.siaran.run(runId),
    (run) => run.batches.sending > 0 && run.batches.scheduled > 0,
  );
  proxy.silence();
  await rig.work();
  const { batches } = await eventually(
    () => rig.siaran.run(runId),
    (run) => run.batches.pending + run.batches.uploaded === 0 && run.batches.scheduled >= 16,
  );
  expect(batches).toMatchObject({ unknown: 0, failed: 0 });
  proxy.flow('forgotten');
  expect(await finished(rig.siaran, runId)).toMatchObject({
    outcome: 'handed_over',
    recipients: { scheduled: 20_000, unknown: 0 },
  });
  expect(isOnce()).toBe(true);
});
