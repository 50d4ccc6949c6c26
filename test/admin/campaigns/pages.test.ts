import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CampaignRequest, CampaignView } from '../../../src/index.js';
import type { AdminRig } from '../../support/admin.js';
import { eventually } from '../../support/rig.js';
import { formIn, type Visitors } from '../visitors.js';
import { edit, startFormRig, written } from './form-rig.js';

let rig: AdminRig;
let visitors: Visitors;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ rig, visitors, close } = await startFormRig());
});
afterAll(() => close());

test('a campaign is added by the columns of its template, after a question, and audited in a sentence', async () => {
  const form = { ...written, name: 'Dues' };
  const asked = await visitors.post('/new-campaign/ask', form);
  expect(asked.status).toBe(200);
  expect(asked.text).toContain('It fires every day at 09:00');
  expect(asked.text).toContain('name="columns" value="phone_number, body_variable1, body_variable2"');
  expect(await rig.siaran.campaigns()).toEqual([]);
  const columns = 'phone_number, body_variable1, body_variable2';
  expect((await visitors.post('/new-campaign', { ...form, columns })).headers.get('location')).toBe('/campaigns/Dues');
  expect(await rig.siaran.campaign('Dues')).toMatchObject({
    templateDetailId: 1921,
    schedule: '0 9 * * *',
    changedBy: 'ada',
  });
  const { items } = (await rig.ask('GET', '/api/v1/audit?limit=1')).body;
  expect(items).toEqual([expect.objectContaining({ text: 'ada (token) added campaign "Dues"' })]);
});

test.each([
  [{ times: '9' }, 'times has'],
  [{ template: '' }, 'templateDetailId'],
  [{ columns: 'phone_number' }, 'and the list has none'],
  [{ audience: "sql:SELECT '1'" }, 'taken over HTTP'],
  [{ audience: 'named:none' }, 'names no such audience'],
  [{ dailyLimit: 'many' }, 'dailyLimit is'],
  [{ map: 'Nomor' }, 'which is not a column'],
  [{ handOver: 'soon' }, 'handOver is'],
  [{ retryAfterFailure: '131026' }, 'retryAfterFailure is'],
  [{ retryAfterFailure: '131050/24h/1' }, 'stopped marketing messages'],
  [{ skipDates: '1 Jan' }, 'skipDates has'],
  [{ calendar: 'malaysia' }, 'which SIARAN_CALENDARS_FILE doesn'],
])('what is wrong stands above the form, which keeps what was written: %j', async (wrong, words) => {
  const answer = await visitors.post('/new-campaign/ask', { ...written, name: 'Kept as written', ...wrong });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('id="faults"');
  expect(answer.text).toContain(words);
  expect(answer.text).toContain('value="Kept as written"');
});

test('a change says what was and what will be, keeps what the form has not, and is a version', async () => {
  await rig.siaran.editCampaign('Dues', { handOver: '10m', first: 5, window: '08:00-20:00' });
  const page = await visitors.get(edit('Dues'));
  expect(page.text).toContain('name="times" value="09:00"');
  const form = { ...written, seenVersion: '2', columns: 'phone_number, body_variable1, body_variable2' };
  const changed = { ...form, times: '10:00', window: '08:00-20:00', dailyLimit: '1,000' };
  const asked = await visitors.post(`${edit('Dues')}/ask`, changed);
  expect(asked.text).toContain('Change 2 settings of campaign Dues?');
  expect(asked.text).toMatch(/every day at 09:00[\s\S]*every day at 10:00/);
  expect((await rig.siaran.campaign('Dues')).version).toBe(2);
  expect((await visitors.post(edit('Dues'), changed)).status).toBe(303);
  expect(await rig.siaran.campaign('Dues')).toMatchObject({
    ...{ version: 3, schedule: '0 10 * * *', changedBy: 'ada' },
    delivery: { first: 5, handOverAheadMs: 600_000, dailyLimit: 1_000, window: { opensAt: 480 } },
  });
  const versions = await visitors.get('/campaigns/Dues/versions', visitors.viewer);
  expect(versions.text).toMatch(/Fires: every day at 09:00 → <strong>every day at 10:00<\/strong>/);
  // Whoever saw version 2 changes nothing.
  for (const path of [`${edit('Dues')}/ask`, edit('Dues')]) {
    const late = await visitors.post(path, { ...changed, times: '11:00' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('you saw version 2, it has version 3 now');
    expect(late.text).toContain('name="times" value="10:00"');
  }
  expect((await rig.siaran.campaign('Dues')).schedule).toBe('0 10 * * *');
});

test('an edit in the browser keeps every setting that was made on the command line', async () => {
  const request: CampaignRequest = {
    name: 'Whole',
    template: 'reminder:id',
    columns: ['phone_number', 'body_variable1', 'body_variable2'],
    audience: 'named:odd',
    map: { Nomor: 'phone_number', Nama: 'body_variable1', Tagihan: 'body_variable2' },
    ignoreColumns: ['Catatan'],
    separator: ';',
    values: 'clean',
    maxRejected: '1%',
    retryAfterFailure: { codes: [131026], after: '24h', times: 2 },
    delivery: 'individual',
    force: true,
    schedule: '*/30 9-17 1-7 jan,jul *',
    often: true,
    timeZone: 'Asia/Jakarta',
    skipDates: ['2090-01-02', '2090-01-03'],
    calendar: 'indonesia',
    prepareAhead: '30m',
    catchUp: 'all',
    approvalAbove: 0,
    approveOnce: true,
    pace: '2000/1h',
    window: '08:00-20:00',
    windowDays: 'mon-sat',
    dailyLimit: 5_000,
    handOver: '10m',
    first: 1,
    tooLateAfter: '4h',
  };
  await rig.siaran.addCampaign(request);
  const kept = ({ version, changedAt, changedBy, nextAt, firesNext, ...view }: CampaignView) => view;
  const before = await rig.siaran.campaign('Whole');
  const shown = formIn(await visitors.get(edit('Whole')), 'seenVersion');
  const asked = await visitors.post(`${edit('Whole')}/ask`, { ...shown, dailyLimit: '6000' });
  expect(asked.text).toContain('Change 1 setting of campaign Whole?');
  expect((await visitors.post(edit('Whole'), formIn(asked, 'seenVersion'))).status).toBe(303);
  const after = await rig.siaran.campaign('Whole');
  expect(after).toMatchObject({ version: 2, changedBy: 'ada' });
  expect(kept(after)).toEqual({ ...kept(before), delivery: { ...before.delivery, dailyLimit: 6_000 } });
});

test('nothing that is changed is no version', async () => {
  const form = { ...written, seenVersion: '3', times: '10:00', window: '08:00-20:00', dailyLimit: '1000' };
  const same = await visitors.post(`${edit('Dues')}/ask`, { ...form, columns: '' });
  expect(same.status).toBe(400);
  expect(same.text).toContain('Every setting is as it is already.');
});

test('viewers see the campaign and its versions, and change nothing', async () => {
  for (const path of ['/new-campaign', edit('Dues'), '/campaigns/Dues/remove'])
    expect((await visitors.get(path, visitors.viewer)).status).toBe(403);
  for (const path of [
    '/new-campaign',
    '/new-campaign/ask',
    edit('Dues'),
    `${edit('Dues')}/ask`,
    '/campaigns/Dues/remove',
  ])
    expect((await visitors.post(path, { ...written, name: 'x', ifState: 'none' }, visitors.viewer)).status).toBe(403);
  expect((await visitors.get('/campaigns/Dues', visitors.viewer)).text).not.toContain('/edit"');
});

test('a campaign whose audience fails is red and says why, until it is removed', async () => {
  await rig.siaran.addCampaign({
    ...{ name: 'Failing', templateDetailId: 1, columns: ['phone_number'], timeZone: 'UTC', schedule: '0 9 * * mon' },
    audience: 'function:gone',
  });
  await rig.siaran.fireCampaign('Failing');
  await rig.query(`UPDATE firings SET status = 'failed', reason = 'the audience is away.' WHERE name = 'Failing'`);
  const page = await visitors.get('/campaigns/Failing', visitors.viewer);
  expect(page.text).toMatch(/<li class="bad"><h2>Its latest firing failed<\/h2>[\s\S]*the audience is away/);
  expect((await visitors.get('/campaigns')).text).toContain('<span class="mark bad">failing</span>');
  const needs = (await visitors.get('/status')).text;
  expect(needs).toContain('Campaign &#34;Failing&#34; fails: the audience is away. <code>');
  expect((await visitors.get('/campaigns/Failing/remove')).text).toContain('Remove campaign Failing?');
  expect((await visitors.confirm('/campaigns/Failing/remove')).status).toBe(303);
  await eventually(
    () => rig.siaran.campaigns(),
    (campaigns) => !campaigns.some(({ name }) => name === 'Failing'),
  );
  const { items } = (await rig.ask('GET', '/api/v1/audit?limit=1')).body;
  expect(items).toEqual([expect.objectContaining({ text: 'ada (token) removed campaign "Failing"' })]);
});
