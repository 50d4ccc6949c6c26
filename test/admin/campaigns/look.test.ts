import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AdminRig, Answer } from '../../support/admin.js';
import { finished, phoneNumber } from '../../support/rig.js';
import { formIn, type Visitors } from '../visitors.js';
import { edit, startFormRig, written } from './form-rig.js';

let rig: AdminRig;
let visitors: Visitors;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ rig, visitors, close } = await startFormRig());
  await rig.siaran.templates();
});
afterAll(() => close());

const form = { ...written, name: 'Looked at', audience: 'named:odd' };
const path = '/new-campaign';
const look = (given: Record<string, string>, asks = 'look') =>
  visitors.post(`${path}/ask`, { ...form, ...given, do: asks });
const chosen = {
  ...{ 'column.phone_number': 'Nomor', 'column.body_variable1': 'Nama' },
  ...{ 'column.body_variable2': 'Tagihan', 'column.customer_name': '' },
};

/** What a browser sends of the form that was answered, with the columns that somebody chooses in it. */
function sentBy(answer: Answer, columns: Record<string, string> = chosen): Record<string, string> {
  return { ...formIn(answer, 'looked'), ...columns };
}

test('an audience is looked at beside its template, and what nobody can tell by its name is asked for', async () => {
  const answer = await look({});
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('<option value="Nama" selected>Nama, such as Ada</option>');
  expect(answer.text).toContain('Say which column of the audience is for: Phone number, {{1}} in the text');
  expect(answer.text).not.toContain('would get the message');
  const withoutTemplate = await look({ template: '' });
  expect(withoutTemplate.status).toBe(400);
  expect(withoutTemplate.text).toContain('template: choose one first');
  expect((await look({ audience: 'named:broken' })).text).toMatch(/id="faults"[\s\S]*missing/);
  expect((await look({ audience: 'sql:SELECT 1' })).text).toContain('taken over HTTP');
  expect((await look({ audience: 'function:elsewhere' })).text).toContain('only that program can read it');
});

test('with its columns chosen it shows who would be messaged, and a row; a test of it goes to oneself', async () => {
  const audience = 'named:many';
  const seen = await look({ ...sentBy(await look({ audience })), audience });
  expect(seen.text).toContain('2 people would get the message');
  expect(seen.text).toContain('of 3 rows');
  expect(seen.text).toMatch(/&#34;Nomor&#34; … has letters in it[\s\S]*row 2/);
  expect(seen.text).toMatch(/&#34;Nama&#34;: an error of a spreadsheet[\s\S]*row 3/);
  expect(seen.text).toContain('Halo Ada, tagihan <strong>5</strong>');
  expect((await look({ ...sentBy(seen), audience, row: '2' })).text).toContain('It gets no message');
  expect((await look({ ...sentBy(seen), audience, row: '4' })).text).toContain('There is no row 4');
  await rig.work();
  const tested = await visitors.post(`${path}/test`, {
    ...form,
    ...sentBy(seen),
    audience,
    phoneNumber: phoneNumber(900),
  });
  expect(tested.text).toMatch(/The test to 1 recipient .* as run r/);
  expect(tested.text).toContain('Halo Ada');
  const { items } = (await rig.ask('GET', '/api/v1/audit?limit=2')).body;
  // The page that tells what came of it shows the row again.
  expect(items).toMatchObject([
    { text: expect.stringContaining('looked at a message of') },
    { text: expect.stringContaining('as a test') },
  ]);
  const refused = await visitors.post(`${path}/test`, {
    ...form,
    ...sentBy(seen),
    audience,
    row: '2',
    phoneNumber: '1',
  });
  expect(refused.status).toBe(400);
});

test('a file with heads of its own is looked at as a query is, and is an audience of a draft, too', async () => {
  const audience = 'named:list';
  const first = await look({ audience });
  expect(first.text).toContain('>Tagihan, such as 5</option>');
  expect((await look({ ...sentBy(first), audience })).text).toContain('1 person would get the message');
  const draft = await rig.ask('POST', '/api/v1/drafts', { json: { name: 'Of a file' } });
  const { version } = draft.body;
  const changed = await rig.ask('PATCH', `/api/v1/drafts/${draft.body.id}`, { json: { version, audience: 'list' } });
  expect(changed.body).toMatchObject({ source: { columns: ['Nomor', 'Nama', 'Tagihan'] } });
});

test('of a long audience the first rows are read, and all of it if somebody asks for that', async () => {
  const audience = 'named:big';
  const first = await look({ audience });
  expect(first.text).toContain('10,000 people would get the message');
  expect(first.text).toContain('of the first 10,000 rows');
  expect((await look({ audience }, 'all')).text).toContain('10,500 people would get the message');
});

test('what was chosen is kept with the campaign, and used when it fires', async () => {
  const seen = await look(sentBy(await look({})));
  const asked = await look(sentBy(seen), 'ask');
  expect(asked.text).toContain('Start campaign Looked at?');
  expect((await visitors.post(path, formIn(asked, 'audience'))).headers.get('location')).toBe('/campaigns/Looked%20at');
  expect(await rig.siaran.campaign('Looked at')).toMatchObject({
    ...{ columns: ['phone_number', 'body_variable1', 'body_variable2'], ignoreColumns: ['Catatan'] },
    map: { Nomor: 'phone_number', Nama: 'body_variable1', Tagihan: 'body_variable2' },
  });
  const { runId } = await rig.siaran.fireCampaign('Looked at');
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 1 } });
});

test('a look at a campaign as it stands changes nothing of it, and one without a map gets none', async () => {
  await rig.siaran.addCampaign({
    ...{ name: 'Plain', template: 'reminder:id', audience: 'named:dues', schedule: '0 9 * * *' },
    ...{ columns: ['phone_number', 'body_variable1', 'body_variable2'], timeZone: 'Asia/Jakarta' },
  });
  for (const name of ['Looked at', 'Plain']) {
    const shown = formIn(await visitors.get(edit(name)), 'seenVersion');
    const seen = await visitors.post(`${edit(name)}/ask`, { ...shown, do: 'look' });
    expect(seen.text).toContain('1 person would get the message');
    const columns = name === 'Plain' ? {} : chosen;
    const same = await visitors.post(`${edit(name)}/ask`, { ...sentBy(seen, columns), do: 'ask' });
    expect(same.text).toContain('Every setting is as it is already.');
  }
  expect(await rig.siaran.campaign('Plain')).toMatchObject({ map: {}, ignoreColumns: [], version: 1 });
});

test('what was chosen for another audience counts no more: it is looked at anew, and nothing is saved unseen', async () => {
  const seen = await look(sentBy(await look({})));
  const moved = await look({ ...sentBy(seen), audience: 'named:dues' }, 'ask');
  expect(moved.text).not.toContain('Start campaign');
  expect(moved.text).toContain('<option value="body_variable1" selected>');
});

test('viewers look at no audience, and send no test', async () => {
  for (const to of [`${path}/ask`, `${path}/test`, `${edit('Plain')}/ask`, `${edit('Plain')}/test`])
    expect((await visitors.post(to, { ...form, seenVersion: '1', do: 'look' }, visitors.viewer)).status).toBe(403);
});
