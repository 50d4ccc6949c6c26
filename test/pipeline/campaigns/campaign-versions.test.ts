import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CampaignRequest } from '../../../src/index.js';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { firePromo, inAnHour, promo, query, runsOf } from './promo.js';

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

describe('a change of a campaign', () => {
  test('is a new version, kept with who made it, and noted in the audit log', async () => {
    await rig.siaran.addCampaign(
      once({ pace: '500/1h', window: '08:00-20:00', windowDays: 'mon-fri', timeZone: 'UTC' }),
    );
    const edited = await rig.siaran.editCampaign(
      'Promo',
      { templateDetailId: 173, pace: null, window: '09:00-17:00', maxRejected: '1%' },
      { by: 'ada', version: 1 },
    );
    expect(edited).toMatchObject({
      ...{
        version: 2,
        changedBy: 'ada',
        templateDetailId: 173,
        maxRejected: '1%',
        schedule: soon,
        redone: [],
        runs: [],
      },
      delivery: { pace: null, window: { opensAt: 540, closesAt: 1_020, days: [1, 2, 3, 4, 5], timeZone: 'UTC' } },
      changes: expect.arrayContaining(['templateDetailId was 172, is now 173']),
    });
    expect(edited.changes).toHaveLength(4);
    expect(await rig.siaran.editCampaign('Promo', { templateDetailId: 173 })).toMatchObject({
      version: 2,
      changes: [],
    });
    expect(await rig.siaran.editCampaign('Promo', { window: null }, { by: 'budi' })).toMatchObject({
      version: 3,
      delivery: { window: null },
    });
    expect(await rig.siaran.campaignVersions('Promo')).toMatchObject([
      { version: 3, by: 'budi', changes: [expect.stringMatching(/^window was/)] },
      { version: 2, by: 'ada', changes: edited.changes },
      { version: 1, by: rig.ctx.config.actor, changes: [] },
    ]);
    const audit = await rig.query('SELECT actor, action, target, detail, status FROM audit_entries ORDER BY id');
    expect(audit).toMatchObject([
      { action: 'campaign add', target: 'Promo' },
      { actor: 'ada', action: 'campaign edit', target: 'Promo', detail: { version: 2, changes: edited.changes } },
      { actor: 'budi', detail: { version: 3 }, status: 200 },
    ]);
  });

  test('of which anything is wrong is refused with all of it, and changes nothing', async () => {
    await rig.siaran.addCampaign(once({ window: '08:00-20:00', timeZone: 'Asia/Jakarta' }));
    const wrong = JSON.parse('{"name": "Other", "audience": null, "speed": 5}') as object;
    await expect(rig.siaran.editCampaign('Promo', wrong)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(
        /(?=.*"speed" is not a setting)(?=.*name is "Other".*can't be changed. Remove this campaign with --cancel-runs first)(?=.*audience is null)/s,
      ),
    });
    for (const [changes, words] of [
      [{ timeZone: null }, /window is "08:00-20:00" without timeZone/],
      [{ pace: 'fast' }, /pace is "fast"/],
      [{ audience: 'file:nowhere.csv' }, /no such file/],
      [{ account: 'acme' }, /acme/],
      [{ schedule: '*/5 * * * *', timeZone: 'UTC' }, /more often than hourly/],
    ] as const)
      await expect(rig.siaran.editCampaign('Promo', changes)).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(words),
      });
    await expect(rig.siaran.editCampaign('Nobody', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await rig.siaran.campaign('Promo')).toMatchObject({ version: 1 });
  });

  test('that was made by what is not there any more is refused', async () => {
    await rig.siaran.addCampaign(once());
    await rig.siaran.editCampaign('Promo', { first: 5 }, { version: 1 });
    await expect(rig.siaran.editCampaign('Promo', { first: 6 }, { version: 1 })).rejects.toMatchObject({
      code: 'CAMPAIGN_CHANGED',
      version: 2,
    });
    const both = [7, 8].map((first) => rig.siaran.editCampaign('Promo', { first }, { version: 2 }));
    expect((await Promise.allSettled(both)).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await rig.siaran.campaign('Promo')).toMatchObject({ version: 3 });
  });

  test('counts from the next instant on: what was decided reads its audience, and goes out, as it was', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await firePromo(rig);
    const edited = await rig.siaran.editCampaign('Promo', { audience: query(1_001), templateDetailId: 173 });
    expect(edited).toMatchObject({ version: 2, runs: [{ runId, recipients: 0, startsAt: soon }], redone: [] });
    const { runId: next } = await rig.siaran.fireCampaign('Promo');
    await rig.work();
    await finished(rig.siaran, runId);
    await finished(rig.siaran, next);
    const sent = rig.sandbox.accepted
      .jobs()
      .map(({ templateDetailId, startedAt }) => [templateDetailId, startedAt !== null]);
    expect(sent.sort()).toHaveLength(2);
    expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(1))).toBe(1);
    expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(1_001))).toBe(1);
    expect(await runsOf(rig)).toMatchObject([{ template: 172 }, { template: 173 }]);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { runId, version: 1 },
      { runId: next, version: 2 },
    ]);
  });

  test('of its schedule counts from now on, and what was due before and not decided is not made up for', async () => {
    await rig.siaran.addCampaign(once({ schedule: '0 * * * *', timeZone: 'UTC', prepareAhead: '0s', catchUp: 'all' }));
    await rig.query("UPDATE campaigns SET decided_until = now() - interval '150 minutes'");
    // Another minute than the one that the schedule has already.
    const minute = new Date(Date.now() - 120_000).getUTCMinutes() || 59;
    await rig.siaran.editCampaign('Promo', { schedule: `${minute} * * * *` });
    await fireDue(rig.ctx);
    expect(await runsOf(rig)).toEqual([]);
    const { firings, nextAt } = await rig.siaran.campaign('Promo');
    expect(firings.length).toBeGreaterThanOrEqual(2);
    expect(firings[0]).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('its schedule was changed'),
    });
    expect(Date.parse(nextAt ?? '')).toBeGreaterThan(Date.now());
  });
});

describe('what was due while a campaign was paused', () => {
  test.each(['resumed', 'given another schedule'])('is noted as skipped when it is %s', async (how) => {
    await rig.siaran.addCampaign(once({ schedule: '0 * * * *', timeZone: 'UTC', prepareAhead: '0s', catchUp: 'all' }));
    await rig.query("UPDATE campaigns SET decided_until = now() - interval '150 minutes'");
    await rig.siaran.pauseCampaign('Promo');
    if (how === 'resumed') await rig.siaran.resumeCampaign('Promo');
    else await rig.siaran.editCampaign('Promo', { schedule: '30 * * * *' });
    await fireDue(rig.ctx);
    const { firings } = await rig.siaran.campaign('Promo');
    expect(firings.length).toBeGreaterThanOrEqual(2);
    for (const firing of firings)
      expect(firing).toMatchObject({ status: 'skipped', reason: expect.stringMatching(/^it was paused/) });
    expect(await runsOf(rig)).toEqual([]);
  });

  test('is noted also of the single instant, with which the campaign is done', async () => {
    await rig.siaran.addCampaign(once({ prepareAhead: '0s' }));
    const past = new Date(Date.parse(soon) - 7_200_000);
    await rig.query('UPDATE campaigns SET once_at = $1, decided_until = $2', [past, new Date(past.getTime() - 1_000)]);
    await rig.siaran.pauseCampaign('Promo');
    await rig.siaran.resumeCampaign('Promo');
    expect(await rig.siaran.campaign('Promo')).toMatchObject({
      status: 'done',
      firings: [{ at: past.toISOString(), status: 'skipped', reason: expect.stringMatching(/^it was paused/) }],
    });
  });
});

describe('the single instant of a campaign', () => {
  const later = () => new Date(Date.parse(soon) + 600_000).toISOString();

  test('is not moved while its run still goes out, unless that is fired anew or cancelled', async () => {
    await rig.siaran.addCampaign(held());
    const runId = await firePromo(rig);
    for (const schedule of [later(), '0 9 * * mon']) {
      const moved = rig.siaran.editCampaign('Promo', { schedule, timeZone: 'UTC' });
      await expect(moved).rejects.toMatchObject({ code: 'STILL_GOES_OUT' });
      await expect(moved).rejects.toThrow(`run ${runId}, which starts ${soon}`);
      await expect(moved).rejects.toThrow(`siaran cancel ${runId}`);
    }
    expect(await rig.siaran.campaign('Promo')).toMatchObject({ version: 1, schedule: soon });
    expect(await rig.siaran.editCampaign('Promo', { first: 10 })).toMatchObject({ version: 2, runs: [{ runId }] });
    expect(await rig.siaran.editCampaign('Promo', { schedule: later() }, { redo: true })).toMatchObject({ runs: [] });
  });

  test('is moved although its run was handed over, once that is cancelled, by whoever sees to it at Qiscus', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await firePromo(rig);
    await rig.work();
    await finished(rig.siaran, runId);
    await expect(rig.siaran.editCampaign('Promo', { schedule: later() }, { redo: true })).rejects.toMatchObject({
      code: 'TOO_LATE_TO_REDO',
    });
    await expect(rig.siaran.editCampaign('Promo', { schedule: later() })).rejects.toMatchObject({
      code: 'STILL_GOES_OUT',
    });
    await rig.siaran.cancel(runId);
    expect(await rig.siaran.editCampaign('Promo', { schedule: later() })).toMatchObject({
      jobs: [{ startedAt: soon }],
      nextAt: later(),
    });
  });
});
