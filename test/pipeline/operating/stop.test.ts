import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { insertAccounts } from '../../../src/store/accounts.js';
import { eventually, finished, invoices, type Rig, startRig } from '../../support/rig.js';
import {
  broadcast,
  checkedRun,
  chunked,
  december,
  deliver,
  letHandOver,
  messageTemplate,
  uploaded,
  withClient,
} from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const sends = () => rig.sandbox.accepted.jobs().length;

async function knowAcme(): Promise<void> {
  await insertAccounts(rig.ctx.db, new Map([['acme', { portfolio: 'acme' }]]));
}

test('a stop tells what it holds and what was handed over, and lets nothing more out, of what waits and of what is uploaded', async () => {
  const begun = await chunked(rig, 1_500);
  await deliver(rig, begun, 1);
  const ready = await uploaded(rig, 20);
  await letHandOver(rig, ready);
  const { id: open } = await rig.siaran.startRun(december);
  await rig.siaran.enqueue(open, invoices(7), { source: 'list' });
  expect(await rig.siaran.stopAll()).toMatchObject({
    ...{ runs: 3, campaigns: 0, held: { batches: 2, recipients: 527 } },
    ...{ handedOver: { batches: 1, recipients: 1_000 }, startsLater: { batches: 0, recipients: 0 }, jobs: [] },
  });
  await deliver(rig, begun, 2);
  await deliver(rig, ready, 1);
  expect(sends()).toBe(1);
  expect(await rig.siaran.batches(begun)).toMatchObject([{ status: 'scheduled' }, { status: 'pending' }]);
  expect(await rig.siaran.run(ready)).toMatchObject({ held: { kind: 'stopped', until: null } });
  expect((await rig.siaran.go()).lifted).toBe(true);
  await deliver(rig, ready, 1);
  expect(sends()).toBe(2);
  await checkedRun(rig, ready);
});

test('what starts later is named with its job and its time, also of a run that has ended', async () => {
  const startAt = new Date(Date.now() + 86_400_000);
  const runId = await chunked(rig, 12, { startAt });
  await deliver(rig, runId, 1);
  const told = await rig.siaran.stopAll();
  expect(told).toMatchObject({
    runs: 0,
    handedOver: { batches: 1, recipients: 12 },
    startsLater: { batches: 1, recipients: 12 },
  });
  expect(told.jobs).toEqual([
    {
      broadcastJobId: rig.sandbox.accepted.jobs()[0]?.id,
      batchId: `${runId}-0001`,
      ...{ runId, runName: 'December' },
      startedAt: startAt.toISOString(),
      recipients: 12,
    },
  ]);
});

test('runs, messages and campaigns that begin while a stop stands are held, and go on once it is lifted', async () => {
  await rig.siaran.stopAll();
  const workers = rig.open();
  workers.registerAudience('people', async function* () {
    yield* invoices(3, 100);
  });
  await workers.work();
  const runId = await broadcast(rig, 5);
  const message = await rig.siaran.sendMessage({ ...messageTemplate, phoneNumber: '6281300000001', wait: '0s' });
  const { templateDetailId, columns } = december;
  await rig.siaran.addCampaign({
    ...{
      name: 'Nightly',
      templateDetailId,
      columns,
      audience: 'function:people',
      schedule: '0 9 * * *',
      timeZone: 'UTC',
    },
  });
  const { runId: fired } = await rig.siaran.fireCampaign('Nightly');
  const waits = (id: string) =>
    eventually(
      () => rig.siaran.run(id),
      (run) => run.batches.pending === 1 && run.held?.kind === 'stopped',
    );
  for (const id of [runId, message.runId, fired]) await waits(id);
  expect(rig.sandbox.accepted.deliveries().size).toBe(0);
  await rig.siaran.go();
  for (const id of [runId, message.runId, fired])
    expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over' });
  expect(rig.sandbox.accepted.deliveries().size).toBe(9);
});

test('going on lifts only what was stopped: paused runs stay paused, an account stays stopped that was stopped by itself', async () => {
  await knowAcme();
  const paused = await chunked(rig, 3);
  await rig.siaran.pause(paused);
  expect(await rig.siaran.stopAll({ account: 'acme' })).toMatchObject({ runs: 0 });
  expect(await rig.siaran.stopAll()).toMatchObject({ runs: 0, held: { batches: 0, recipients: 0 } });
  expect(await rig.siaran.resumeAll()).toEqual([]);
  const going = await chunked(rig, 3);
  await deliver(rig, going, 1);
  expect(sends()).toBe(0);
  expect(await rig.siaran.go()).toMatchObject({ lifted: true, standing: [{ account: 'acme' }] });
  await deliver(rig, going, 1);
  await deliver(rig, paused, 1);
  expect(sends()).toBe(1);
  expect(await rig.siaran.run(paused)).toMatchObject({ status: 'paused', held: null });
  expect(await rig.siaran.go()).toMatchObject({ lifted: false });
  expect(await rig.siaran.go({ account: 'acme' })).toEqual({ lifted: true, standing: [] });
});

test('a stop of an account stops that account only; one that comes later is stopped with everything', async () => {
  await knowAcme();
  const other = await chunked(rig, 3);
  await rig.siaran.stopAll({ account: 'acme' });
  await deliver(rig, other, 1);
  expect(sends()).toBe(1);
  await rig.siaran.stopAll();
  await insertAccounts(rig.ctx.db, new Map([['late', { portfolio: 'late' }]]));
  const held = await rig.query<{ account: string }>(
    "SELECT account FROM accounts, active_holds WHERE name = account AND kind = 'stopped' ORDER BY 1",
  );
  expect(held.map(({ account }) => account)).toEqual(['acme', 'default', 'late']);
  await expect(rig.siaran.stopAll({ account: 'nobody' })).rejects.toMatchObject({ code: 'USAGE' });
});

test('an intent that was being committed as the stop began is counted as handed over', async () => {
  const runId = await chunked(rig, 4);
  await withClient(rig, async (client) => {
    await client.query('BEGIN');
    await client.query(
      "UPDATE batches SET status = 'sending', broadcast_file_id = 1, attempts = 1, claim_expires_at = now() + interval '1 hour' WHERE run_id = $1",
      [runId],
    );
    const stopping = rig.siaran.stopAll();
    await eventually(
      () => rig.siaran.stops(),
      (stops) => stops.length === 1,
    );
    await client.query('COMMIT');
    expect(await stopping).toMatchObject({ held: { recipients: 0 }, handedOver: { batches: 1, recipients: 4 } });
  });
});

test('a stop is told as a hold of each account, stands in the log as a sentence, and is what waits for a person', async () => {
  await knowAcme();
  const runId = await chunked(rig, 4);
  const siaran = rig.open({ SIARAN_ACTOR: 'dewi' });
  await siaran.stopAll();
  await siaran.stopAll();
  expect(await rig.query("SELECT account, detail FROM notices WHERE event = 'hold' ORDER BY account")).toEqual(
    ['acme', 'default'].map((account) => ({
      account,
      detail: { kind: 'stopped', reason: 'everything was stopped by dewi' },
    })),
  );
  const { attention } = await siaran.status();
  expect(attention[0]).toMatchObject({ kind: 'stopped', account: null, recipients: 4, action: 'siaran go --all' });
  expect(attention.filter(({ kind }) => kind === 'account_held')).toEqual([]);
  await siaran.go();
  expect((await siaran.status()).attention.filter(({ kind }) => kind === 'stopped')).toEqual([]);
  const told: string[] = [];
  for await (const { text } of siaran.audit({ actor: 'dewi' })) told.push(text);
  expect(told).toEqual([
    'dewi let everything go on that was stopped',
    'dewi stopped everything',
    'dewi stopped everything',
  ]);
  await siaran.cancel(runId);
});
