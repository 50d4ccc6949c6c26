import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CampaignRequest } from '../../../src/index.js';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { eventually, finished, type Rig, startRig } from '../../support/rig.js';
import { weekly } from './weekly.js';

const day = 86_400_000;
const dateOf = (at: number | Date) => new Date(at).toISOString().slice(0, 10);
const dateIn = (days: number) => dateOf(Date.now() + days * day);

let rig: Rig;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-calendars-'));
  const file = join(folder, 'calendars.yaml');
  await writeFile(
    file,
    JSON.stringify({
      holidays: [`${dateIn(-1)} Yesterday's Day`, `${dateIn(2)} Day after Tomorrow`, `${dateIn(900)} far`],
      short: [`${dateIn(2)} Day after Tomorrow`],
    }),
  );
  rig = await startRig({ env: { SIARAN_CALENDARS_FILE: file } });
});
afterEach(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

/** Every day, at a minute of a few hours ago or ahead that isn't on another date. */
function daily(more: Partial<CampaignRequest> = {}): CampaignRequest {
  return { ...weekly, name: 'Daily', schedule: '0 0 * * *', timeZone: 'UTC', ...more };
}

const firings = async () =>
  (await rig.siaran.campaign('Daily')).firings.map(({ at, status, reason }) => ({
    date: at.slice(0, 10),
    status,
    reason,
  }));

/** As if no worker had been at work for so many days. */
const outage = (days: number) =>
  rig.query('UPDATE campaigns SET decided_until = $1', [new Date(Date.now() - days * day)]);

describe('a worker', () => {
  test('fires nothing on a skipped date and fires on the next, also after an outage', async () => {
    await rig.siaran.addCampaign(daily({ skipDates: [dateIn(-3)], calendar: 'holidays', catchUp: 'all' }));
    await outage(3.99);
    await rig.work();
    const fired = await eventually(firings, (all) => all.filter(({ status }) => status === 'prepared').length >= 2);
    const skipped = (date: string, reason: string) => ({ date, status: 'skipped', reason });
    expect(fired).toEqual([
      { date: dateIn(0), status: 'prepared', reason: null },
      skipped(dateIn(-1), "Yesterday's Day, calendar holidays"),
      { date: dateIn(-2), status: 'prepared', reason: null },
      skipped(dateIn(-3), 'the campaign skips this date'),
    ]);
    const runs = await rig.query<{ id: string }>('SELECT id FROM runs');
    expect(runs).toHaveLength(2);
    for (const { id } of runs) await finished(rig.siaran, id);
    const startsAt = (await rig.query<{ start_at: Date }>('SELECT start_at FROM runs ORDER BY 1')).map((run) =>
      dateOf(run.start_at),
    );
    expect(startsAt).toEqual([dateIn(-2), dateIn(0)]);
  });

  test('makes up for nothing on a skipped date', async () => {
    await rig.siaran.addCampaign({
      ...weekly,
      name: 'Daily',
      schedule: '0 0 * * *',
      timeZone: 'UTC',
      skipDates: [dateIn(0)],
    });
    await outage(2.99);
    await fireDue(rig.ctx);
    const missed = 'missed: no worker decided about it in time, and today is skipped (the campaign skips this date)';
    expect(await firings()).toEqual([
      { date: dateIn(0), status: 'skipped', reason: 'the campaign skips this date' },
      { date: dateIn(-1), status: 'skipped', reason: missed },
      { date: dateIn(-2), status: 'skipped', reason: missed },
    ]);
    expect(await rig.query('SELECT 1 FROM runs')).toEqual([]);
    // What was decided isn't decided again, whatever becomes of the dates.
    await rig.siaran.editCampaign('Daily', { skipDates: null });
    await fireDue(rig.ctx);
    expect(await rig.query('SELECT 1 FROM runs')).toEqual([]);
  });

  test('that has not the calendar fires nothing, and one that has it fires', async () => {
    await rig.siaran.addCampaign(daily({ calendar: 'holidays' }));
    await outage(0.5);
    await rig.query(
      `UPDATE campaigns SET decided_until = date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 second'`,
    );
    const ignorant = { ...rig.ctx, config: { ...rig.ctx.config, calendars: new Map() } };
    await fireDue(ignorant);
    expect(await firings()).toEqual([]);
    await fireDue(rig.ctx);
    expect(await firings()).toMatchObject([{ date: dateIn(0), status: 'preparing' }]);
  });
});

describe('a campaign', () => {
  test('tells which of its coming firings are skipped and why, until which it is a version', async () => {
    const added = await rig.siaran.addCampaign(daily({ skipDates: [dateIn(1), dateIn(1)], calendar: 'holidays' }));
    const at = (days: number) => `${dateIn(days)}T00:00:00.000Z`;
    expect(added).toMatchObject({
      ...{ skipDates: [dateIn(1)], calendar: 'holidays', calendarWarning: null, nextAt: at(3) },
      firesNext: [at(3), at(4), at(5), at(6), at(7)],
      skipsNext: [
        { at: at(1), reason: 'the campaign skips this date' },
        { at: at(2), reason: 'Day after Tomorrow, calendar holidays' },
      ],
    });
    expect((await rig.siaran.forecastCampaign('Daily', 2)).map((firing) => firing.at)).toEqual([at(3), at(4)]);
    const edited = await rig.siaran.editCampaign('Daily', { skipDates: null, calendar: null });
    expect(edited.changes).toHaveLength(2);
    expect(edited).toMatchObject({ version: 2, nextAt: at(1), skipsNext: [], skipDates: [], calendar: null });
    expect((await rig.siaran.campaignVersions('Daily'))[0]?.changes).toEqual(edited.changes);
    expect(await rig.siaran.editCampaign('Daily', { skipDates: [dateIn(1)] })).toMatchObject({ nextAt: at(2) });
    // A single instant has its date already.
    expect(await rig.siaran.editCampaign('Daily', { schedule: at(9) })).toMatchObject({ skipDates: [], nextAt: at(9) });
  });

  test('warns of a calendar that ends before its next firings, and of one that is not there', async () => {
    const { calendarWarning } = await rig.siaran.addCampaign(daily({ calendar: 'short' }));
    expect(calendarWarning).toMatch(
      /^Calendar short ends on \w{3} \d+ \w{3} \d{4}, and the firing of .* is after that: add the dates that follow/,
    );
    await rig.query(`UPDATE campaigns SET calendar = 'gone'`);
    expect(await rig.siaran.campaign('Daily')).toMatchObject({
      ...{ status: 'active', nextAt: null, firesNext: [], skipsNext: [] },
      calendarWarning: expect.stringMatching(/SIARAN_CALENDARS_FILE doesn't have calendar gone here/),
    });
    await expect(rig.siaran.forecastCampaign('Daily', 1)).rejects.toMatchObject({ code: 'CALENDAR_UNKNOWN' });
    // Whoever stops it doesn't need to know its dates.
    await rig.siaran.pauseCampaign('Daily');
    await rig.siaran.resumeCampaign('Daily');
  });

  test.each<[object, RegExp]>([
    [{ skipDates: ['2027-02-29'] }, /skipDates has "2027-02-29"; write dates that there are/],
    [
      { calendar: 'malaysia' },
      /calendar is "malaysia", which SIARAN_CALENDARS_FILE doesn't have here; it has "holidays", "short"/,
    ],
    [{ calendar: 5 }, /calendar is 5; write the name of one/],
    [
      { schedule: '2090-01-01T09:00', skipDates: ['2090-01-01'] },
      /skipDates goes with a cron: a campaign that fires once/,
    ],
  ])('with %j is refused', async (more, message) => {
    await expect(rig.siaran.addCampaign(daily(more as Partial<CampaignRequest>))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
  });

  test('takes back what is prepared for a date that it skips now, if that is wanted', async () => {
    await rig.siaran.addCampaign(daily({ prepareAhead: '2d', handOver: '1m' }));
    await fireDue(rig.ctx);
    const { firings: prepared } = await rig.siaran.campaign('Daily');
    const [first] = prepared.filter(({ at }) => at.startsWith(dateIn(1)));
    const { redone } = await rig.siaran.editCampaign('Daily', { skipDates: [dateIn(1)] }, { redo: true });
    expect(redone).toContainEqual({ at: first?.at, replacedRunId: first?.runId, runId: null });
    await chunkRun(rig.ctx, first?.runId ?? '');
    expect(await rig.siaran.run(first?.runId ?? '')).toMatchObject({ outcome: 'cancelled' });
  });
});
