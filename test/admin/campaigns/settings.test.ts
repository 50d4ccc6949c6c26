import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AdminRig } from '../../support/admin.js';
import { formIn, type Visitors } from '../visitors.js';
import { edit, startFormRig, written } from './form-rig.js';

let rig: AdminRig;
let visitors: Visitors;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ rig, visitors, close } = await startFormRig());
});
afterAll(() => close());

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

test('a channel, more messages than usual and a schedule of more than hourly are said on the form, and taken back', async () => {
  const form = { ...written, name: 'Forced', delivery: 'individual', channelId: '534', force: 'yes' };
  const often = { when: 'cron', cron: '*/30 9 * * *', often: 'yes' };
  const refused = await visitors.post('/new-campaign/ask', { ...form, ...often, often: '' });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('fires more often than hourly');
  const other = await visitors.post('/new-campaign/ask', { ...form, ...often, channelId: '999' });
  expect(other.text).toContain('of channel 999');
  const asked = await visitors.post('/new-campaign/ask', { ...form, ...often });
  expect(asked.text).toMatch(/More messages than usual[\s\S]*allowed[\s\S]*Channel[\s\S]*534/);
  expect((await visitors.post('/new-campaign', formIn(asked, 'audience'))).status).toBe(303);
  expect(await rig.siaran.campaign('Forced')).toMatchObject({
    ...{ schedule: '*/30 9 * * *', delivery: { channelId: 534, individual: { force: true } } },
  });
  const shown = formIn(await visitors.get(edit('Forced')), 'seenVersion');
  expect(shown).toMatchObject({ channelId: '534', force: 'yes', often: '' });
  // What isn't changed stays, also what is allowed of a schedule that was allowed before; another one asks anew.
  expect((await visitors.post(edit('Forced'), { ...shown, pace: '100/1h' })).status).toBe(303);
  const again = formIn(await visitors.get(edit('Forced')), 'seenVersion');
  expect((await visitors.post(edit('Forced'), { ...again, cron: '*/20 9 * * *' })).text).toContain(
    'fires more often than hourly',
  );
  const changes = { cron: '*/20 9 * * *', often: 'yes', force: '' };
  expect((await visitors.post(edit('Forced'), { ...again, ...changes })).status).toBe(303);
  expect(await rig.siaran.campaign('Forced')).toMatchObject({
    ...{ schedule: '*/20 9 * * *', delivery: { channelId: 534, individual: { force: false } } },
  });
  // A page that was opened before the form had them leaves them as they are.
  const { channelId, force, often: said, ...old } = formIn(await visitors.get(edit('Forced')), 'seenVersion');
  expect([channelId, force, said]).toEqual(['534', '', '']);
  expect((await visitors.post(edit('Forced'), { ...old, delivery: 'bulk' })).status).toBe(303);
  expect((await rig.siaran.campaign('Forced')).delivery).toMatchObject({ channelId: 534, individual: null });
  const last = formIn(await visitors.get(edit('Forced')), 'seenVersion');
  expect((await visitors.post(edit('Forced'), { ...last, channelId: '' })).status).toBe(303);
  expect((await rig.siaran.campaign('Forced')).delivery.channelId).toBeNull();
});
