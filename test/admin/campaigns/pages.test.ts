import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CampaignRequest, CampaignView } from '../../../src/index.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { eventually } from '../../support/rig.js';
import { formIn, openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let visitors: Visitors;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-pages-'));
  const file = join(folder, 'audiences.yaml');
  await writeFile(
    file,
    `dues: "sql:SELECT '6281234567890' AS phone_number, 'Ada' AS body_variable1, '5' AS body_variable2"\nbroken: "sql:SELECT phone_number FROM missing"\nodd: "sql:SELECT '6281234567890' AS \\"Nomor\\", 'Ada' AS \\"Nama\\", '5' AS \\"Tagihan\\", 'x' AS \\"Catatan\\""\n`,
  );
  const calendars = join(folder, 'calendars.yaml');
  await writeFile(calendars, "indonesia: [2090-01-01 New Year's <Day>]\n");
  rig = await startAdminRig({ env: { SIARAN_AUDIENCES_FILE: file, SIARAN_CALENDARS_FILE: calendars } });
  visitors = await openVisitors(rig);
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const written = {
  ...{ account: 'default', template: 'reminder:id', columns: '', audience: 'named:dues', timeZone: 'Asia/Jakarta' },
  ...{ when: 'days', times: '09:00', dayKind: 'every' },
};
const edit = (name: string) => `/campaigns/${name}/edit`;

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

test('dates to skip and a calendar are said on the form, in words in the versions, and are taken back', async () => {
  const [yearly, dates] = [{ when: 'cron', cron: '0 9 1-4 1 *' }, '2090-01-02; 2090-01-03'];
  const form = { ...written, ...yearly, name: 'New year', skipDates: dates, calendar: 'indonesia' };
  const asked = await visitors.post('/new-campaign/ask', form);
  expect(asked.text).toContain('Mon 2 Jan 2090, Tue 3 Jan 2090');
  expect((await visitors.post('/new-campaign', formIn(asked, 'skipDates'))).status).toBe(303);
  expect(await rig.siaran.campaign('New year')).toMatchObject({
    ...{ skipDates: ['2090-01-02', '2090-01-03'], calendar: 'indonesia' },
  });
  // By then only 4 January is left.
  await rig.query(`UPDATE campaigns SET decided_until = '2089-06-01' WHERE name = 'New year'`);
  const page = (await visitors.get('/campaigns/New%20year', visitors.viewer)).text;
  expect(page).toMatch(
    /Sun 1 Jan 2090 09:00 WIB[^/]*skipped<\/span> <span class="words">New Year&#39;s &#60;Day&#62;, calendar indonesia/,
  );
  expect(page).toMatch(/Tue 3 Jan 2090 09:00 WIB[^/]*skipped<\/span> <span class="words">the campaign skips this date/);
  expect(page).toContain('Calendar indonesia ends on Sun 1 Jan 2090');
  const shown = formIn(await visitors.get(edit('New%20year')), 'seenVersion');
  expect(shown).toMatchObject({ skipDates: '2090-01-02, 2090-01-03', calendar: 'indonesia' });
  const changed = await visitors.post(edit('New%20year'), { ...shown, skipDates: '2090-01-03', calendar: '' });
  expect(changed.status).toBe(303);
  expect(await rig.siaran.campaign('New year')).toMatchObject({ skipDates: ['2090-01-03'], calendar: null });
  expect((await visitors.get('/campaigns/New%20year/versions')).text).toMatch(
    /Dates skipped: Mon 2 Jan 2090, Tue 3 Jan 2090 → <strong>Tue 3 Jan 2090<\/strong>[\s\S]*Calendar of dates skipped: indonesia → <strong>none/,
  );
  const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Jakarta' });
  await rig.siaran.editCampaign('New year', { skipDates: ['2090-01-03', today] });
  expect((await visitors.get('/campaigns/New%20year/fire')).text).toContain(
    'Its schedule fires nothing today (the campaign skips this date).',
  );
  // What fires once has its date; what stands in fields that its form doesn't show means nothing.
  const again = formIn(await visitors.get(edit('New%20year')), 'seenVersion');
  const once = await visitors.post(edit('New%20year'), { ...again, when: 'once', once: '2091-01-03 09:00' });
  expect(once.status).toBe(303);
  expect(await rig.siaran.campaign('New year')).toMatchObject({ skipDates: [], timeZone: null });
});

test('hand-over, a first part, single delivery, a column map and one approval are said on the form, and taken back', async () => {
  const map = 'Nomor = phone_number\r\nNama = body_variable1\r\nTagihan = body_variable2\r\nCatatan =';
  const form = { ...written, name: 'Single', audience: 'named:odd', map, delivery: 'individual', approvalAbove: '0' };
  const all = { ...form, handOver: '10m', first: '1', approveOnce: 'yes' };
  const asked = await visitors.post('/new-campaign/ask', all);
  expect(asked.text).toContain('individual, as reminder (id)');
  expect((await visitors.post('/new-campaign', formIn(asked, 'audience'))).status).toBe(303);
  const single = await rig.siaran.campaign('Single');
  expect(single).toMatchObject({
    map: { Nomor: 'phone_number', Nama: 'body_variable1', Tagihan: 'body_variable2', Catatan: '' },
    ...{ approveOnce: true, approvalAbove: 0 },
    delivery: { first: 1, handOverAheadMs: 600_000, individual: { templateName: 'reminder', language: 'id' } },
  });
  const page = await visitors.get(edit('Single'));
  expect(page.text).toContain('Nomor = phone_number');
  const plain = { ...formIn(page, 'seenVersion'), handOver: '', first: '', delivery: 'bulk', approveOnce: '' };
  const change = await visitors.post(`${edit('Single')}/ask`, plain);
  expect(change.text).toContain('Change 4 settings of campaign Single?');
  expect((await visitors.post(edit('Single'), formIn(change, 'seenVersion'))).status).toBe(303);
  expect(await rig.siaran.campaign('Single')).toMatchObject({
    ...{ map: single.map, approveOnce: false, approvalAbove: 0 },
    delivery: { first: null, handOverAheadMs: null, individual: null },
  });
  const back = { ...formIn(await visitors.get(edit('Single')), 'seenVersion'), delivery: 'individual' };
  expect((await visitors.post(edit('Single'), back)).status).toBe(303);
  expect((await rig.siaran.campaign('Single')).delivery.individual).toEqual(single.delivery.individual);
});

test('to whom it is sent again, what becomes of wrong values, and the separator are said on the form, and taken back', async () => {
  const sent = { retryAfterFailure: '131053, 131026 / 24h / 2', values: 'clean', separator: ';' };
  const asked = await visitors.post('/new-campaign/ask', { ...written, name: 'Again', ...sent });
  expect(asked.text).toContain('failed with 131026, 131053, 1d after the last start, up to 2 times');
  expect((await visitors.post('/new-campaign', formIn(asked, 'audience'))).status).toBe(303);
  expect(await rig.siaran.campaign('Again')).toMatchObject({
    ...{
      retryAfterFailure: { codes: [131026, 131053], afterMs: 86_400_000, times: 2 },
      values: 'clean',
      separator: ';',
    },
  });
  const shown = formIn(await visitors.get(edit('Again')), 'seenVersion');
  expect(shown).toMatchObject({ retryAfterFailure: '131026,131053/1d/2', values: 'clean', separator: ';' });
  const back = { ...shown, retryAfterFailure: '', values: 'reject', separator: ',' };
  const change = await visitors.post(`${edit('Again')}/ask`, back);
  expect(change.text).toContain('Change 3 settings of campaign Again?');
  expect((await visitors.post(edit('Again'), formIn(change, 'seenVersion'))).status).toBe(303);
  expect(await rig.siaran.campaign('Again')).toMatchObject({
    retryAfterFailure: null,
    values: 'reject',
    separator: ',',
  });
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
