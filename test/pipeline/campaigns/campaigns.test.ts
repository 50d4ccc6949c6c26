import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { waitForRun } from '../../support/runs.js';
import { fired, weekly } from './weekly.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

/** Turns back what was decided, as if nobody had looked at this campaign since. */
async function decidedUntil(name: string, instant: string): Promise<void> {
  await rig.query('UPDATE campaigns SET decided_until = $2 WHERE name = $1', [name, instant]);
}

const runsOf = (name: string) =>
  rig.query<{ id: string; key: string; start_at: Date | null }>(
    'SELECT id, key, start_at FROM runs WHERE name = $1 ORDER BY start_at',
    [name],
  );

describe('a schedule', () => {
  test('makes one run of each instant, however often and by however many it is looked at', async () => {
    await rig.siaran.addCampaign({ ...weekly, schedule: '* * * * *', often: true, catchUp: 'all' });
    const since = new Date(Date.now() - 3 * 60_000);
    await decidedUntil('Weekly', since.toISOString());
    await Promise.all(Array.from({ length: 8 }, () => fireDue(rig.ctx)));
    await fireDue(rig.ctx);
    const runs = await runsOf('Weekly');
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect(runs.length).toBeLessThanOrEqual(4);
    expect(new Set(runs.map(({ start_at }) => start_at?.getTime())).size).toBe(runs.length);
    for (const { key, start_at } of runs) expect(key.endsWith(start_at?.toISOString() ?? '?')).toBe(true);
  });

  test('is prepared ahead, and told the provider exactly', async () => {
    await rig.siaran.addCampaign({
      ...weekly,
      schedule: '* * * * *',
      often: true,
      prepareAhead: '5m',
      catchUp: 'skip',
    });
    await rig.work();
    const runs = await eventually(
      () => runsOf('Weekly'),
      (found) => found.length >= 5,
    );
    await rig.siaran.pauseCampaign('Weekly');
    const run = runs[4];
    if (!run) throw new Error('no run');
    expect(run.start_at?.getTime()).toBeGreaterThan(Date.now() + 3 * 60_000);
    await finished(rig.siaran, run.id);
    expect(await rig.siaran.batches(run.id)).toMatchObject([
      { startedAt: run.start_at?.toISOString(), movedBy: null },
      { startedAt: run.start_at?.toISOString(), movedBy: null },
    ]);
  });

  test.each([
    ['skip', 0],
    ['latest', 1],
    ['all', 3],
  ] as const)('that nobody was there for: %s makes up for %i', async (catchUp, expected) => {
    await rig.siaran.addCampaign({ ...weekly, schedule: '0 9 * * *', timeZone: 'UTC', catchUp });
    const now = new Date();
    // Three firings that are long past; the latest one is at least an hour ago.
    const hour = (now.getUTCHours() + 22) % 24;
    await rig.query("UPDATE campaigns SET cron = $1 WHERE name = 'Weekly'", [`0 ${hour} * * *`]);
    await decidedUntil('Weekly', new Date(now.getTime() - 3 * 86_400_000).toISOString());
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    expect(await runsOf('Weekly')).toHaveLength(expected);
    const { firings } = await rig.siaran.campaign('Weekly');
    expect(firings.map(({ status }) => status).sort()).toEqual(
      [...Array(expected).fill('preparing'), ...Array(3 - expected).fill('skipped')].sort(),
    );
  });

  test('that is a single instant fires once and is done', async () => {
    const at = new Date(Date.now() + 60_000).toISOString();
    await rig.siaran.addCampaign({ ...weekly, schedule: at, prepareAhead: '1h' });
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    expect(await runsOf('Weekly')).toMatchObject([{ start_at: new Date(at) }]);
    expect(await rig.siaran.campaign('Weekly')).toMatchObject({ status: 'done', nextAt: null });
  });

  test('does not count while the campaign is paused, and what was due then is not made up for', async () => {
    await rig.siaran.addCampaign({ ...weekly, schedule: '* * * * *', often: true, catchUp: 'all' });
    await rig.siaran.pauseCampaign('Weekly');
    await decidedUntil('Weekly', new Date(Date.now() - 10 * 60_000).toISOString());
    await fireDue(rig.ctx);
    expect(await rig.siaran.campaign('Weekly')).toMatchObject({ status: 'paused', nextAt: null });
    await rig.siaran.resumeCampaign('Weekly');
    await fireDue(rig.ctx);
    expect((await runsOf('Weekly')).length).toBeLessThanOrEqual(1);
    expect(await rig.siaran.campaign('Weekly')).toMatchObject({ status: 'active', nextAt: expect.any(String) });
  });
});

describe('a campaign', () => {
  test('again changes nothing, another one of its name is refused, and its name is free once it is removed', async () => {
    expect(await rig.siaran.addCampaign({ ...weekly, first: 10 })).toMatchObject({ existed: false, status: 'active' });
    expect(await rig.siaran.addCampaign({ ...weekly, first: 10 })).toMatchObject({ existed: true });
    await expect(rig.siaran.addCampaign({ ...weekly, first: 20 })).rejects.toMatchObject({
      code: 'CAMPAIGN_EXISTS',
      differences: ['first was 10, is now 20'],
    });
    await rig.siaran.removeCampaign('Weekly');
    await expect(rig.siaran.campaign('Weekly')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await rig.siaran.addCampaign({ ...weekly, first: 20 })).toMatchObject({ existed: false });
    expect(await rig.siaran.campaigns()).toHaveLength(1);
  });

  test('of which anything is wrong is refused with all of it, and what would be right', async () => {
    const wrong = {
      ...weekly,
      audience: 'table:people',
      schedule: '0 0 31 2 *',
      timeZone: 'Asia/Atlantis',
      window: '08:00-08:00',
      pace: '0/1h',
      prepareAhead: 'early',
    };
    await expect(rig.siaran.addCampaign(wrong)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(
        /(?=.*pace is "0\/1h")(?=.*window is "08:00-08:00")(?=.*audience.*file:)(?=.*timeZone: "Asia\/Atlantis")(?=.*prepareAhead is "early")/s,
      ),
    });
    const neverFires = rig.siaran.addCampaign({ ...weekly, schedule: '0 0 31 2 *' });
    await expect(neverFires).rejects.toMatchObject({ message: expect.stringMatching(/schedule: .*never/) });
    for (const [audience, words] of [
      ['file:nowhere/members.csv', /no such file/],
      ['sql:DELETE FROM accounts', /SELECT/],
      ['sql:SELECT 1; SELECT 2', /SELECT/],
      ["sql:SELECT '6281' AS phone_number", /customer_name/],
    ] as const)
      await expect(rig.siaran.addCampaign({ ...weekly, audience })).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(words),
      });
    expect(await rig.siaran.campaigns()).toEqual([]);
  });

  test('that fires more often than hourly is refused unless that is meant', async () => {
    const often = { ...weekly, schedule: '*/15 9 * * *' };
    await expect(rig.siaran.addCampaign(often)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(
        /schedule: the cron "\*\/15 9 \* \* \*" fires more often than hourly.*often: true \(--often\)/,
      ),
    });
    await expect(rig.siaran.addCampaign({ ...often, often: false })).rejects.toMatchObject({ code: 'USAGE' });
    const wrong = JSON.parse('{"often": "yes"}') as object;
    await expect(rig.siaran.addCampaign({ ...often, ...wrong })).rejects.toMatchObject({
      message: expect.stringMatching(/often is "yes"; write true or false/),
    });
    expect(await rig.siaran.addCampaign({ ...often, often: true })).toMatchObject({ existed: false });
    expect(await rig.siaran.addCampaign({ ...often, often: true })).toMatchObject({ existed: true });
    expect(await rig.siaran.addCampaign({ ...weekly, name: 'Hourly', schedule: '0 * * * *' })).toMatchObject({
      existed: false,
    });
  });

  test('tells the instants of its next five firings, and of none while it is paused', async () => {
    const { firesNext, nextAt } = await rig.siaran.addCampaign(weekly);
    expect(firesNext).toHaveLength(5);
    expect(firesNext[0]).toBe(nextAt);
    const week = 7 * 86_400_000;
    const first = Date.parse(firesNext[0] ?? '');
    expect(firesNext.map((at) => (Date.parse(at) - first) / week)).toEqual([0, 1, 2, 3, 4]);
    await rig.siaran.pauseCampaign('Weekly');
    expect(await rig.siaran.campaign('Weekly')).toMatchObject({ firesNext: [] });
  });

  test('forecasts its next firings, each after the ones before it', async () => {
    const limits = { dailyLimit: 1_000, first: 10, window: '08:00-20:00' };
    await rig.siaran.addCampaign({ ...weekly, ...limits, schedule: '0 9 * * *' });
    const [first, second] = await rig.siaran.forecastCampaign('Weekly', 2);
    const at = new Date(first?.at ?? 0).getTime();
    const day = 86_400_000;
    expect(first).toMatchObject({
      files: 3,
      firstStartAt: first?.at,
      lastStartAt: new Date(at + day).toISOString(),
      limit: 'dailyLimit',
    });
    expect(new Date(second?.at ?? 0).getTime()).toBe(at + day);
    expect(new Date(second?.lastStartAt ?? 0).getTime()).toBeGreaterThan(at + 2 * day);
    expect(await rig.query('SELECT 1 FROM runs')).toEqual([]);
  });

  test('with a first small batch holds each of its runs until it is resumed', async () => {
    await rig.siaran.addCampaign({ ...weekly, first: 10 });
    const runId = await fired(rig.siaran, 'Weekly', rig.work);
    await waitForRun(
      rig,
      runId,
      (run) => run.status === 'paused' && run.held?.kind === 'first' && run.recipients.scheduled === 10,
    );
    await rig.siaran.resume(runId);
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', batches: { scheduled: 3 } });
    expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(1))).toBe(1);
  });
});
