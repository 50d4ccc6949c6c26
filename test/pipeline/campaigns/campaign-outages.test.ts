import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CampaignRequest } from '../../../src/index.js';
import { fireDue, startFiring } from '../../../src/pipeline/campaigns/fire.js';
import { prepareNext } from '../../../src/pipeline/campaigns/prepare.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { findCampaign } from '../../../src/store/campaigns.js';
import { eventually, finished, invoiceColumns, type Rig, startRig } from '../../support/rig.js';
import { mostPerNumber, waitForRun } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const never = new AbortController().signal;
const recipients = 1_500;

function query(from = ''): string {
  const number = "'62812' || (10000000 + i) AS phone_number";
  return `sql:SELECT ${number}, 'C' AS customer_name, 'I' AS body_variable1 FROM generate_series(1, ${recipients}) AS i${from}`;
}

const weekly: CampaignRequest = {
  ...{ name: 'Weekly', templateDetailId: 172, columns: invoiceColumns, audience: query() },
  ...{ schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta' },
};

test('an audience whose database goes away is read again, and nothing is given up', async () => {
  await rig.siaran.addCampaign(weekly);
  await rig.query('UPDATE campaigns SET audience = $1', [query(', pg_sleep(60)')]);
  const { runId } = await rig.siaran.fireCampaign('Weekly');
  const preparing = prepareNext(rig.ctx, never);
  const sessions = `FROM pg_stat_activity WHERE application_name = 'siaran audience' AND datname = current_database() AND state = 'active'`;
  await eventually(
    () => rig.query(`SELECT pg_terminate_backend(pid) ${sessions}`),
    (ended) => ended.length === 1,
  );
  await preparing;
  expect(await rig.siaran.run(runId)).toMatchObject({ failure: null, held: { kind: 'preparing' } });
  await rig.query('UPDATE campaigns SET audience = $1', [query()]);
  await rig.query('UPDATE firings SET claim_expires_at = now()');
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({
    outcome: 'handed_over',
    recipients: { scheduled: recipients },
  });
});

test('an audience that Redis lost after it was read is read again, and everybody is in once', async () => {
  await rig.siaran.addCampaign(weekly);
  const { runId } = await rig.siaran.fireCampaign('Weekly');
  const preparing = prepareNext(rig.ctx, never);
  await waitForRun(
    rig,
    runId,
    ({ recipients: { promised, buffered } }) => promised === recipients && buffered === recipients,
  );
  await rig.redis.del(...(await rig.redis.keys(`*{${runId}}*`)));
  await preparing;
  expect(await rig.siaran.run(runId)).toMatchObject({
    held: { kind: 'preparing' },
    recipients: { missing: recipients },
  });
  await rig.query('UPDATE firings SET claim_expires_at = now()');
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({
    outcome: 'handed_over',
    recipients: { scheduled: recipients, missing: 0 },
  });
  expect(mostPerNumber(rig)).toBe(1);
});

test('a run whose audience is being read can not be sealed by hand', async () => {
  await rig.siaran.addCampaign(weekly);
  const { runId } = await rig.siaran.fireCampaign('Weekly');
  await expect(rig.siaran.seal(runId)).rejects.toMatchObject({ code: 'RUN_PREPARING' });
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({
    outcome: 'handed_over',
    recipients: { scheduled: recipients },
  });
});

test('a firing that an older ledger has forgotten is not fired again, and the repair names it', async () => {
  await rig.siaran.addCampaign({ ...weekly, schedule: '* * * * *', often: true });
  await rig.query('UPDATE campaigns SET decided_until = $1', [new Date(Date.now() - 60_000)]);
  await fireDue(rig.ctx);
  await rig.siaran.pauseCampaign('Weekly');
  const [fired] = await rig.query<{ id: string; at: Date }>('SELECT id, start_at AS at FROM runs ORDER BY start_at');
  if (!fired) throw new Error('not fired');
  const workers = await rig.work();
  await finished(rig.siaran, fired.id);
  await workers.close();
  const before = rig.sandbox.accepted.jobs().length;

  for (const table of ['notices', 'attempts', 'batch_rows', 'recipients', 'firings', 'intakes', 'batches', 'runs'])
    await rig.query(`DELETE FROM ${table}`);
  await rig.query('UPDATE campaigns SET paused_at = NULL, decided_until = $1', [new Date(fired.at.getTime() - 1_000)]);
  rig.ctx.ledgerTrust.doubt();
  await fireDue(rig.ctx);
  expect(await rig.query('SELECT 1 FROM runs')).toEqual([]);
  await reconcile(rig.ctx);
  await fireDue(rig.ctx);
  const { skippedFirings, lostBatches } = await rig.siaran.repairLedger();
  expect(skippedFirings).toContainEqual({ campaign: 'Weekly', at: fired.at.toISOString() });
  expect(lostBatches.length).toBeGreaterThan(0);
  await rig.siaran.pauseCampaign('Weekly');
  await fireDue(rig.ctx);
  const again = await rig.query<{ id: string }>('SELECT id FROM runs WHERE start_at = $1', [fired.at]);
  expect(again).toEqual([]);
  expect(rig.sandbox.accepted.jobs()).toHaveLength(before);
});

test('a campaign that can not be read does not stop the others', async () => {
  await rig.siaran.addCampaign({ ...weekly, name: 'Damaged', schedule: '* * * * *', often: true });
  await rig.siaran.addCampaign({ ...weekly, schedule: '* * * * *', often: true });
  await rig.query("UPDATE campaigns SET decided_until = now() - interval '1 minute'");
  await rig.query(`UPDATE campaigns SET delivery = '{"pace": "fast"}' WHERE name = 'Damaged'`);
  await fireDue(rig.ctx);
  expect((await rig.query('SELECT name FROM runs')).length).toBeGreaterThan(0);
});

test('an instant that was fired before is decided, and the schedule goes on', async () => {
  await rig.siaran.addCampaign({ ...weekly, schedule: '* * * * *', often: true, catchUp: 'all' });
  const campaign = await findCampaign(rig.ctx.db, 'Weekly');
  if (!campaign) throw new Error('not found');
  const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000);
  await rig.ctx.db.$transaction((tx) => startFiring(tx, campaign, minute, null));
  await rig.query('UPDATE campaigns SET decided_until = $1', [new Date(minute.getTime() - 61_000)]);
  await fireDue(rig.ctx);
  expect((await rig.query('SELECT 1 FROM firings')).length).toBeGreaterThanOrEqual(2);
});

test('a run that was cancelled just before its preparation ended is not held again', async () => {
  await rig.siaran.addCampaign({ ...weekly, first: 10 });
  const { runId } = await rig.siaran.fireCampaign('Weekly');
  const preparing = prepareNext(rig.ctx, never);
  await waitForRun(rig, runId, ({ recipients: { promised } }) => promised === recipients);
  await rig.siaran.cancel(runId);
  await chunkRun(rig.ctx, runId);
  await preparing;
  expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'cancelled', held: null });
});

test('who fires by hand again after an answer that was lost gets the same run', async () => {
  await rig.siaran.addCampaign(weekly);
  const campaign = await findCampaign(rig.ctx.db, 'Weekly');
  if (!campaign) throw new Error('not found');
  const at = new Date();
  const fire = () => rig.ctx.db.$transaction((tx) => startFiring(tx, campaign, at, null));
  expect(await fire()).toBe(await fire());
});
