import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CampaignRequest } from '../../../src/index.js';
import { fireCampaign } from '../../../src/pipeline/campaigns/campaigns.js';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { prepareNext } from '../../../src/pipeline/campaigns/prepare.js';
import { requireCampaign } from '../../../src/pipeline/campaigns/view-campaign.js';
import { recordAnswer } from '../../../src/store/attempts.js';
import { withdrawRun } from '../../../src/store/cancel-runs.js';
import { replaceRun } from '../../../src/store/firings.js';
import { lockRunState } from '../../../src/store/runs.js';
import { stateOf } from '../../../src/store/states.js';
import { unverifiedRuns } from '../../../src/store/views/troubled-runs.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
/** When the campaign fires: in an hour, and it is prepared at once. */
let soon: string;
beforeEach(async () => {
  rig = await startRig();
  soon = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000).toISOString();
});
afterEach(() => rig.close());

const people = 30;
const never = new AbortController().signal;

/** An audience of so many, the first of them with this index. */
function query(from = 1, count = people): string {
  const rows = `generate_series(${from}, ${from + count - 1}) AS i`;
  return `sql:SELECT '62812' || (10000000 + i) AS phone_number, 'C' AS customer_name, 'I' AS body_variable1 FROM ${rows}`;
}

const once = (more: Partial<CampaignRequest> = {}): CampaignRequest => ({
  ...{ name: 'Promo', templateDetailId: 172, columns: invoiceColumns, audience: query() },
  ...{ schedule: soon, prepareAhead: '2h' },
  ...more,
});
/** It is prepared, and not handed over before ten minutes ahead. */
const held = (more: Partial<CampaignRequest> = {}) => once({ handOver: '10m', ...more });

const runs = () =>
  rig.query<{ id: string; template: number; cancelled: boolean }>(
    'SELECT id, template_detail_id AS template, cancelled_at IS NOT NULL AS cancelled FROM runs ORDER BY number',
  );
const mostPerNumber = () => Math.max(0, ...rig.sandbox.accepted.deliveries().values());

async function theRun(): Promise<string> {
  await fireDue(rig.ctx);
  const { firings } = await rig.siaran.campaign('Promo');
  const runId = firings[0]?.runId;
  if (!runId) throw new Error('not fired');
  return runId;
}

const waitsUploaded = (runId: string) =>
  eventually(
    () => rig.siaran.run(runId),
    ({ batches, recipients }) => batches.uploaded > 0 && recipients.uploaded === recipients.enqueued,
  );

describe('a campaign that is removed and added again', () => {
  test('skips the instant that was fired before, and says so; who insists fires it', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await theRun();
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
    expect(await runs()).toHaveLength(1);

    await rig.siaran.removeCampaign('Promo');
    expect(await rig.siaran.addCampaign(once(), { again: true })).toMatchObject({ nextAt: soon });
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    expect(await runs()).toHaveLength(2);
    await rig.siaran.removeCampaign('Promo');
    await rig.siaran.addCampaign(once());
    await fireDue(rig.ctx);
    expect(await runs()).toHaveLength(2);
  });

  test('skips it also when only a later change of its schedule brings it there', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await theRun();
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
    expect(await runs()).toHaveLength(1);
  });

  test('is held to it by the ledger itself', async () => {
    await rig.siaran.addCampaign(once());
    await theRun();
    await rig.siaran.removeCampaign('Promo');
    await rig.siaran.addCampaign(once({ schedule: new Date(Date.parse(soon) + 60_000).toISOString() }));
    const insert = `INSERT INTO firings (campaign_id, name, version, at, status)
      SELECT id, name, version, $1, 'skipped' FROM campaigns WHERE removed_at IS NULL`;
    await expect(rig.query(insert, [soon])).rejects.toThrow(/firings_decided_idx/);
  });

  test('fires what was never decided, and by hand whenever somebody wants', async () => {
    await rig.siaran.addCampaign(once());
    await theRun();
    await rig.siaran.removeCampaign('Promo');
    const hourly = { schedule: '0 * * * *', timeZone: 'UTC', prepareAhead: '0s', catchUp: 'all' } as const;
    await rig.siaran.addCampaign(once(hourly));
    await rig.query("UPDATE campaigns SET decided_until = now() - interval '3 hours' WHERE removed_at IS NULL");
    await fireDue(rig.ctx);
    expect(await runs()).toHaveLength(4);
    const { runId } = await rig.siaran.fireCampaign('Promo');
    expect(await runs()).toHaveLength(5);
    expect((await rig.siaran.campaign('Promo')).firings.map((firing) => firing.runId)).toContain(runId);
  });

  test('cancels with its removal what still goes out, and names what only Qiscus can stop', async () => {
    await rig.siaran.addCampaign(once({ name: 'Out' }));
    await rig.siaran.addCampaign(held());
    const runId = await theRun();
    await rig.work();
    await waitsUploaded(runId);
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
      { version: 1, by: null, changes: [] },
    ]);
    const audit = await rig.query('SELECT actor, action, target, detail, status FROM audit_entries ORDER BY id');
    expect(audit).toMatchObject([
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
      [{ audience: 'file:/nowhere.csv' }, /no such file/],
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
    const runId = await theRun();
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
    expect(await runs()).toMatchObject([{ template: 172 }, { template: 173 }]);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { runId, version: 1 },
      { runId: next, version: 2 },
    ]);
  });

  test('of its schedule counts from now on, and what was due before and not decided is not made up for', async () => {
    await rig.siaran.addCampaign(once({ schedule: '0 * * * *', timeZone: 'UTC', prepareAhead: '0s', catchUp: 'all' }));
    await rig.query("UPDATE campaigns SET decided_until = now() - interval '150 minutes'");
    const minute = new Date(Date.now() - 120_000).getUTCMinutes();
    await rig.siaran.editCampaign('Promo', { schedule: `${minute} * * * *` });
    await fireDue(rig.ctx);
    expect(await runs()).toEqual([]);
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
    expect(await runs()).toEqual([]);
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

test('of two who fire it by pages that they opened before, one is told of the other; the same page twice is one run', async () => {
  await rig.siaran.addCampaign(once({ prepareAhead: '0s' }));
  const ifState = (await stateOf(rig.ctx.db, 'campaign', 'Promo')) ?? '';
  const [ada, budi] = [new Date(Date.now() - 2_000), new Date(Date.now() - 1_000)];
  const first = await fireCampaign(rig.ctx, 'Promo', ada, { ifState });
  await expect(fireCampaign(rig.ctx, 'Promo', budi, { ifState })).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect(await fireCampaign(rig.ctx, 'Promo', ada, { ifState })).toEqual(first);
  expect(await runs()).toHaveLength(1);
  const now = (await stateOf(rig.ctx.db, 'campaign', 'Promo')) ?? '';
  expect(await fireCampaign(rig.ctx, 'Promo', budi, { ifState: now })).not.toEqual(first);
});

describe('the single instant of a campaign', () => {
  const later = () => new Date(Date.parse(soon) + 600_000).toISOString();

  test('is not moved while its run still goes out, unless that is fired anew or cancelled', async () => {
    await rig.siaran.addCampaign(held());
    const runId = await theRun();
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
    const runId = await theRun();
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

describe('what was fired and is not handed over', () => {
  test('is fired anew with the new version, once, and its first run is cancelled', async () => {
    await rig.siaran.addCampaign(held());
    const first = await theRun();
    await rig.work();
    await waitsUploaded(first);
    const edited = await rig.siaran.editCampaign(
      'Promo',
      { templateDetailId: 173, audience: query(11) },
      { redo: true },
    );
    const second = edited.redone[0]?.runId ?? '';
    expect(edited).toMatchObject({ version: 2, runs: [], jobs: [], redone: [{ at: soon, replacedRunId: first }] });
    expect(await finished(rig.siaran, first)).toMatchObject({ outcome: 'cancelled', failure: null });
    await waitsUploaded(second);
    // Once more, without a change: its audience may be another one by now.
    const again = await rig.siaran.editCampaign('Promo', { handOver: null }, { redo: true });
    const third = again.redone[0]?.runId ?? '';
    expect(await finished(rig.siaran, third)).toMatchObject({ outcome: 'handed_over', startAt: soon });
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { at: soon, runId: third, version: 3, status: 'prepared', replacedRuns: [first, second] },
    ]);
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    expect(await runs()).toMatchObject([{ cancelled: true }, { cancelled: true }, { template: 173, cancelled: false }]);
    expect(rig.sandbox.accepted.deliveries().size).toBe(people);
    expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(40))).toBe(1);
    expect(mostPerNumber()).toBe(1);
    expect((await rig.siaran.verify(third)).breaches).toEqual([]);
  });

  test('is not, once it is handed over; what can be called back is named, and nothing is changed', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await theRun();
    await rig.work();
    await finished(rig.siaran, runId);
    const [job] = rig.sandbox.accepted.jobs();
    const redo = rig.siaran.editCampaign('Promo', { templateDetailId: 173 }, { redo: true });
    await expect(redo).rejects.toMatchObject({ code: 'TOO_LATE_TO_REDO', message: expect.stringContaining(runId) });
    await expect(redo).rejects.toThrow(`broadcast job ${job?.id} of ${runId}-0001, which starts ${soon}`);
    expect(await rig.siaran.campaign('Promo')).toMatchObject({ version: 1, templateDetailId: 172 });
    const edited = await rig.siaran.editCampaign('Promo', { templateDetailId: 173 });
    expect(edited).toMatchObject({ version: 2, runs: [{ runId }], jobs: [{ broadcastJobId: job?.id }] });
    expect(await runs()).toHaveLength(1);
  });

  test('is not, while the ledger may have forgotten what was handed over', async () => {
    await rig.siaran.addCampaign(held());
    const runId = await theRun();
    await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'ledger_went_back', 'a test')");
    await expect(rig.siaran.editCampaign('Promo', {}, { redo: true })).rejects.toMatchObject({
      code: 'LEDGER_WENT_BACK',
    });
    expect(await runs()).toEqual([{ id: runId, template: 172, cancelled: false }]);
  });

  test('is not, if only a part of it is handed over', async () => {
    await rig.siaran.addCampaign(once({ first: 10 }));
    const runId = await theRun();
    await rig.work();
    await eventually(
      () => rig.siaran.run(runId),
      ({ status, held: hold }) => status === 'paused' && hold?.kind === 'first',
    );
    await expect(rig.siaran.editCampaign('Promo', {}, { redo: true })).rejects.toMatchObject({
      code: 'TOO_LATE_TO_REDO',
    });
    expect(await rig.siaran.run(runId)).toMatchObject({ recipients: { scheduled: 10, cancelled: 0 } });
  });

  test('is taken back if the new schedule does not have its instant, which counts from now on', async () => {
    await rig.siaran.addCampaign(held());
    const first = await theRun();
    const earlier = new Date(Date.parse(soon) - 600_000).toISOString();
    const edited = await rig.siaran.editCampaign('Promo', { schedule: earlier }, { redo: true });
    expect(edited).toMatchObject({ redone: [{ at: soon, replacedRunId: first, runId: null }], nextAt: earlier });
    await fireDue(rig.ctx);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { at: soon, status: 'skipped', runId: null, replacedRuns: [first], reason: expect.stringContaining(first) },
      { at: earlier, status: 'preparing', version: 2 },
    ]);
    expect(await runs()).toMatchObject([{ cancelled: true }, { cancelled: false }]);
  });

  test('is fired again, as another run, once its schedule has the instant again that was taken back', async () => {
    await rig.siaran.addCampaign(held());
    const first = await theRun();
    const later = new Date(Date.parse(soon) + 600_000).toISOString();
    await rig.siaran.editCampaign('Promo', { schedule: later }, { redo: true });
    const back = await rig.siaran.editCampaign('Promo', { schedule: soon, handOver: null }, { redo: true });
    expect(back).toMatchObject({ status: 'active', nextAt: soon });
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    const [last, ...others] = (await runs()).filter(({ cancelled }) => !cancelled);
    expect(others).toEqual([]);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { at: soon, runId: last?.id, version: 3, reason: null, replacedRuns: [first] },
    ]);
    // Once more, so that a third run of the instant is needed.
    const again = await rig.siaran.editCampaign('Promo', {}, { redo: true });
    await rig.work();
    await finished(rig.siaran, again.redone[0]?.runId ?? '');
    expect(rig.sandbox.accepted.deliveries().size).toBe(people);
    expect(mostPerNumber()).toBe(1);
  });

  /** A run that is uploaded, of which a send is without an answer yet; and somebody has said that it wasn't sent. */
  async function overruled(): Promise<{ runId: string; token: string }> {
    await rig.siaran.addCampaign(held());
    const runId = await theRun();
    await rig.work();
    await waitsUploaded(runId);
    const token = randomUUID();
    await rig.query(
      `INSERT INTO attempts (batch_id, number, token, worker, broadcast_name, declared_unsent) VALUES ($1, 1, $2, 'w', 'n', true)`,
      [`${runId}-0001`, token],
    );
    await rig.query('UPDATE batches SET attempts = 1');
    return { runId, token };
  }
  const scheduled = { outcome: 'scheduled', httpStatus: 200, broadcastJob: null, error: null } as const;
  const accepted = { ...scheduled, broadcastJobId: 4_711 };

  test.each(['uploaded', 'failed'])('and was %s, is a second send if it was accepted after all', async (status) => {
    const { runId, token } = await overruled();
    await rig.query('UPDATE batches SET status = $1', [status]);
    const edited = await rig.siaran.editCampaign('Promo', {}, { redo: true });
    expect(edited.redone).toMatchObject([{ replacedRunId: runId }]);
    expect(await recordAnswer(rig.ctx.db, token, accepted)).toMatchObject({ settlement: 'extra' });
    expect(await rig.siaran.run(runId)).toMatchObject({
      ...{ outcome: 'needs_attention', recipients: { scheduled: 0 } },
      extraSends: [{ batchId: `${runId}-0001`, broadcastJobId: 4_711 }],
    });
  });

  test('is a second send also if it is accepted while it is fired anew', async () => {
    const { runId, token } = await overruled();
    const { id: campaignId } = await requireCampaign(rig.ctx, 'Promo');
    const answered = await rig.ctx.db.$transaction(async (tx) => {
      await lockRunState(tx, runId);
      const waiting = recordAnswer(rig.ctx.db, token, accepted);
      await eventually(
        () =>
          rig.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
        (waits) => waits.length > 0,
      );
      expect(await withdrawRun(tx, runId)).toBe(true);
      await replaceRun(tx, { campaignId, at: new Date(soon), runId }, { version: 1, runId: null, reason: 'a test' });
      return { waiting };
    });
    expect(await answered.waiting).toMatchObject({ settlement: 'extra' });
  });

  test('is not held any more, nor to be, for blocks that were not as they were signed', async () => {
    await rig.siaran.addCampaign(held());
    await theRun();
    await rig.query("UPDATE runs SET unverified_reason = 'a test'");
    await rig.siaran.editCampaign('Promo', {}, { redo: true });
    expect(await unverifiedRuns(rig.ctx.db, 5)).toEqual([]);
  });

  test('is fired anew while a worker reads its audience, and everybody is messaged once', async () => {
    await rig.siaran.addCampaign(once({ audience: 'function:slow' }));
    const reading = rig.open();
    let ended: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    reading.registerAudience('slow', async function* () {
      yield* invoices(20);
      await over;
      yield* invoices(20, 20);
    });
    const first = await theRun();
    await reading.work();
    await eventually(
      () => rig.query('SELECT 1 FROM intakes'),
      (intakes) => intakes.length === 1,
    );
    const edited = await rig.siaran.editCampaign('Promo', { audience: query(0, 40) }, { redo: true });
    ended();
    const second = edited.redone[0]?.runId ?? '';
    expect(await finished(rig.siaran, second)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 40 } });
    expect(await finished(rig.siaran, first)).toMatchObject({ outcome: 'cancelled', recipients: { scheduled: 0 } });
    expect(mostPerNumber()).toBe(1);
  });

  test('is fired anew also if it failed before anybody got it, and not if somebody cancelled it', async () => {
    await rig.siaran.addCampaign(once({ audience: 'function:broken' }));
    const program = rig.open();
    program.registerAudience('broken', () => {
      throw new Error('no such table');
    });
    const first = await theRun();
    const workers = await program.work();
    await finished(rig.siaran, first);
    const edited = await rig.siaran.editCampaign('Promo', { audience: query() }, { redo: true });
    const second = edited.redone[0]?.runId ?? '';
    expect(await finished(rig.siaran, second)).toMatchObject({ outcome: 'handed_over' });
    await workers.close();

    await rig.siaran.addCampaign(held({ name: 'Unwanted' }));
    await fireDue(rig.ctx);
    const unwanted = (await rig.siaran.campaign('Unwanted')).firings[0]?.runId ?? '';
    await rig.siaran.cancel(unwanted);
    expect(await rig.siaran.editCampaign('Unwanted', {}, { redo: true })).toMatchObject({ redone: [] });
  });

  test('has one run that goes out, whoever fires, changes and prepares at the same time', async () => {
    await rig.siaran.addCampaign(held());
    await rig.work();
    const change = (first: number) =>
      rig.siaran
        .editCampaign('Promo', { prepareAhead: `${120 + first}m` }, { redo: true })
        .catch((error: unknown) => error);
    for (let round = 0; round < 4; round += 1)
      await Promise.all([
        fireDue(rig.ctx),
        change(round),
        fireDue(rig.ctx),
        change(round + 10),
        prepareNext(rig.ctx, never),
      ]);
    await rig.siaran.editCampaign('Promo', { handOver: null }, { redo: true });
    const [last, ...others] = (await runs()).filter(({ cancelled }) => !cancelled);
    expect(others).toEqual([]);
    await finished(rig.siaran, last?.id ?? '');
    expect(rig.sandbox.accepted.deliveries().size).toBe(people);
    expect(mostPerNumber()).toBe(1);
  });
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
    await theRun();
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
    expect(await runs()).toEqual([]);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([{ at: soon, status: 'skipped' }]);
  });

  test('names as skipped only what it did not know', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await theRun();
    await rig.query("UPDATE campaigns SET decided_until = now() - interval '1 minute'");
    expect(await rig.siaran.repairLedger()).toMatchObject({ skippedFirings: [] });
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([{ at: soon, runId }]);
  });
});
