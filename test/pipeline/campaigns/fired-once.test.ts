import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CampaignRequest } from '../../../src/index.js';
import { fireCampaign } from '../../../src/pipeline/campaigns/campaigns.js';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { stateOf } from '../../../src/store/states.js';
import { finished, type Rig, startRig } from '../../support/rig.js';
import { firePromo, inAnHour, people, promo, runsOf, waitsUploaded } from './promo.js';

let rig: Rig;
let soon: string;
beforeEach(async () => {
  rig = await startRig();
  soon = inAnHour();
});
afterEach(() => rig.close());

const once = (more: Partial<CampaignRequest> = {}) => promo(soon, more);
/** It is prepared, and not handed over before ten minutes ahead. */
const held = (more: Partial<CampaignRequest> = {}) => once({ handOver: '10m', ...more });

describe('a campaign that is removed and added again', () => {
  test('skips the instant that was fired before, and says so; who insists fires it', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await firePromo(rig);
    await rig.work();
    await finished(rig.siaran, runId);
    expect(await rig.siaran.removeCampaign('Promo')).toEqual({
      removed: true,
      runs: [{ runId, recipients: people, startsAt: soon }],
    });

    const again = await rig.siaran.addCampaign(once({ templateDetailId: 173 }));
    expect(again).toMatchObject({ existed: false, status: 'done', nextAt: null, firesNext: [] });
    expect(again.firings).toMatchObject([
      { at: soon, status: 'skipped', runId: null, reason: expect.stringContaining(`fired before as run ${runId}`) },
    ]);
    await fireDue(rig.ctx);
    expect(await runsOf(rig)).toHaveLength(1);

    await rig.siaran.removeCampaign('Promo');
    expect(await rig.siaran.addCampaign(once(), { again: true })).toMatchObject({ nextAt: soon });
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    expect(await runsOf(rig)).toHaveLength(2);
    await rig.siaran.removeCampaign('Promo');
    await rig.siaran.addCampaign(once());
    await fireDue(rig.ctx);
    expect(await runsOf(rig)).toHaveLength(2);
  });

  test('skips it also when only a later change of its schedule brings it there', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await firePromo(rig);
    await rig.siaran.removeCampaign('Promo');
    const later = new Date(Date.parse(soon) + 3_600_000).toISOString();
    expect(await rig.siaran.addCampaign(once({ schedule: later, prepareAhead: '10m' }))).toMatchObject({ firings: [] });
    expect(await rig.siaran.editCampaign('Promo', { schedule: soon, prepareAhead: '2h' })).toMatchObject({
      version: 2,
      nextAt: null,
    });
    await fireDue(rig.ctx);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { at: soon, status: 'skipped', version: 2, reason: expect.stringContaining(runId) },
    ]);
    expect(await runsOf(rig)).toHaveLength(1);
  });

  test('is held to it by the ledger itself', async () => {
    await rig.siaran.addCampaign(once());
    await firePromo(rig);
    await rig.siaran.removeCampaign('Promo');
    await rig.siaran.addCampaign(once({ schedule: new Date(Date.parse(soon) + 60_000).toISOString() }));
    const insert = `INSERT INTO firings (campaign_id, name, version, at, status)
      SELECT id, name, version, $1, 'skipped' FROM campaigns WHERE removed_at IS NULL`;
    await expect(rig.query(insert, [soon])).rejects.toThrow(/firings_decided_idx/);
    // As versions before have written rows that repeat another one: without a list.
    await rig.query(`${insert.replace('status)', 'status, repeats)').replace("'skipped'", "'skipped', true")}`, [soon]);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([{ at: soon, replacedRuns: [] }]);
  });

  test('fires what was never decided, and by hand whenever somebody wants', async () => {
    await rig.siaran.addCampaign(once());
    await firePromo(rig);
    await rig.siaran.removeCampaign('Promo');
    const hourly = { schedule: '0 * * * *', timeZone: 'UTC', prepareAhead: '0s', catchUp: 'all' } as const;
    await rig.siaran.addCampaign(once(hourly));
    await rig.query("UPDATE campaigns SET decided_until = now() - interval '3 hours' WHERE removed_at IS NULL");
    await fireDue(rig.ctx);
    expect(await runsOf(rig)).toHaveLength(4);
    const { runId } = await rig.siaran.fireCampaign('Promo');
    expect(await runsOf(rig)).toHaveLength(5);
    expect((await rig.siaran.campaign('Promo')).firings.map((firing) => firing.runId)).toContain(runId);
  });

  test('cancels with its removal what still goes out, and names what only Qiscus can stop', async () => {
    await rig.siaran.addCampaign(once({ name: 'Out' }));
    await rig.siaran.addCampaign(held());
    const runId = await firePromo(rig);
    await rig.work();
    await waitsUploaded(rig, runId);
    expect(await rig.siaran.removeCampaign('Promo', { cancelRuns: true })).toEqual({
      removed: true,
      runs: [{ runId, recipients: people, startsAt: soon }],
      jobs: [],
    });
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'cancelled',
      recipients: { cancelled: people },
    });

    const out = (await rig.siaran.campaign('Out')).firings[0]?.runId ?? '';
    await finished(rig.siaran, out);
    const [job] = rig.sandbox.accepted.jobs();
    expect(await rig.siaran.removeCampaign('Out', { cancelRuns: true })).toMatchObject({
      runs: [{ runId: out, recipients: people }],
      jobs: [{ broadcastJobId: job?.id, batchId: `${out}-0001`, startedAt: soon, recipients: people }],
    });
  });
});

test('of two who fire it by pages that they opened before, one is told of the other; the same page twice is one run', async () => {
  await rig.siaran.addCampaign(once({ prepareAhead: '0s' }));
  const ifState = (await stateOf(rig.ctx.db, 'campaign', 'Promo')) ?? '';
  const [ada, budi] = [new Date(Date.now() - 2_000), new Date(Date.now() - 1_000)];
  const first = await fireCampaign(rig.ctx, 'Promo', ada, { ifState });
  await expect(fireCampaign(rig.ctx, 'Promo', budi, { ifState })).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect(await fireCampaign(rig.ctx, 'Promo', ada, { ifState })).toEqual(first);
  expect(await runsOf(rig)).toHaveLength(1);
  const now = (await stateOf(rig.ctx.db, 'campaign', 'Promo')) ?? '';
  expect(await fireCampaign(rig.ctx, 'Promo', budi, { ifState: now })).not.toEqual(first);
});

describe('a ledger that went back', () => {
  /** Postgres has lost that it fired the campaign, and every account is held for it. */
  async function forget(): Promise<void> {
    for (const table of ['firings', 'runs']) await rig.query(`DELETE FROM ${table}`);
    await rig.query("UPDATE campaigns SET decided_until = now() - interval '1 minute'");
    await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'ledger_went_back', 'a test')");
  }

  test('skips what a paused campaign may have fired, too, which nobody changes before', async () => {
    await rig.siaran.addCampaign(once());
    await firePromo(rig);
    await rig.siaran.pauseCampaign('Promo');
    await forget();
    for (const change of [
      () => rig.siaran.editCampaign('Promo', { prepareAhead: null }),
      () => rig.siaran.removeCampaign('Promo'),
      () => rig.siaran.addCampaign(once({ name: 'Other' })),
    ])
      await expect(change()).rejects.toMatchObject({ code: 'LEDGER_WENT_BACK' });
    expect(await rig.siaran.repairLedger()).toMatchObject({ skippedFirings: [{ campaign: 'Promo', at: soon }] });
    await rig.siaran.resumeCampaign('Promo');
    await fireDue(rig.ctx);
    expect(await runsOf(rig)).toEqual([]);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([{ at: soon, status: 'skipped' }]);
  });

  test('names as skipped only what it did not know', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await firePromo(rig);
    await rig.query("UPDATE campaigns SET decided_until = now() - interval '1 minute'");
    expect(await rig.siaran.repairLedger()).toMatchObject({ skippedFirings: [] });
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([{ at: soon, runId }]);
  });
});
