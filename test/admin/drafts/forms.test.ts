import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findDraft, listDrafts } from '../../../src/pipeline/drafts/view-draft.js';
import { spreadsheet } from '../../pipeline/drafts/drafts.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { eventually, finished, phoneNumber } from '../../support/rig.js';
import { cookieOf, hiddenIn, openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let visitors: Visitors;

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_TEST_NUMBERS: phoneNumber(900) } });
  visitors = await openVisitors(rig);
  await rig.siaran.templates();
});
afterAll(() => rig.close());

/** Sends a form with a file in it, as a browser without scripts does. */
async function sendForm(
  path: string,
  fields: Record<string, string>,
  file: string | null,
  headers: Record<string, string> = { Origin: rig.url },
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([file ?? '']), file === null ? '' : 'customers.csv');
  const answer = await fetch(`${rig.url}${path}`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
    headers: { Cookie: visitors.operator, Accept: 'text/html', ...headers },
  });
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() };
}

async function begun(text: string, name = 'December reminder'): Promise<string> {
  const { location } = await sendForm('/drafts', { name }, text);
  return location.split('/')[2] ?? '';
}

async function step(id: string, key: string, form: Record<string, string> = {}) {
  const page = await visitors.get(`/drafts/${id}/${key}`);
  return visitors.post(`/drafts/${id}/${key}`, { ...hiddenIn(page), ...form });
}

const byHand = {
  'column.customer_name': 'Nama',
  'column.phone_number': 'Nomor HP',
  'column.body_variable1': 'Nama',
  'column.body_variable2': 'Tagihan',
};

async function ready(text: string): Promise<string> {
  const id = await begun(text);
  const page = await visitors.get(`/drafts/${id}/template`);
  const [, template = ''] =
    /name="template" value="([^"]+)"[^>]*>\s*<span><b class="words">reminder<\/b> <span class="faint">Indonesian/.exec(
      page.text,
    ) ?? [];
  await step(id, 'template', { template });
  await step(id, 'columns', byHand);
  return id;
}

test('a broadcast is made from a spreadsheet by forms alone, and goes out once it is confirmed', async () => {
  const workers = await rig.work();
  const text = spreadsheet(120, [`${phoneNumber(3)};Twice;#REF!`, 'nonsense;Nobody;Rp 1']);
  const first = await sendForm('/drafts', { name: 'December reminder' }, text);
  expect(first).toMatchObject({ status: 303, location: expect.stringMatching(/^\/drafts\/[0-9a-f-]{36}\/template$/) });
  const id = first.location.split('/')[2] ?? '';
  expect((await visitors.get(`/drafts/${id}`)).headers.get('location')).toBe(`/drafts/${id}/template`);
  const templates = await visitors.get(`/drafts/${id}/template?search=remind`);
  expect(templates.text).toContain('Indonesian (id)');
  expect(templates.text).toContain('approved');
  const [, template = ''] =
    /name="template" value="([^"]+)"[^>]*>\s*<span><b class="words">reminder<\/b> <span class="faint">Indonesian/.exec(
      templates.text,
    ) ?? [];
  expect((await step(id, 'template', { template })).headers.get('location')).toBe(`/drafts/${id}/columns`);
  const columns = await visitors.get(`/drafts/${id}/columns`);
  expect(columns.text).toContain('<option value="Nomor HP" selected>');
  expect(columns.text).toContain('>Nama, such as Customer 0</option>');
  expect(columns.text).toContain('No column of your list is named like it.');
  expect((await step(id, 'columns', byHand)).headers.get('location')).toBe(`/drafts/${id}/check`);
  const check = await visitors.get(`/drafts/${id}/check`);
  expect(check.text).toContain('120 people get the message');
  expect(check.text).toMatch(/row=122">row 122</);
  const rejected = await visitors.get(`/drafts/${id}/rejected.csv`);
  expect(rejected.text).toContain('nonsense');
  expect(rejected.headers.get('content-disposition')).toContain('attachment');
  expect(check.text).toContain(`href="/drafts/${id}/doubtful.csv"`);
  expect((await visitors.get(`/drafts/${id}/doubtful.csv`)).text).toMatch(/121,body_variable2.*Twice,#REF!/);
  const { items } = (await rig.ask('GET', `/api/v1/audit?limit=1&action=export&target=${id}`)).body;
  expect(items).toMatchObject([{ actor: 'ada', action: 'export', target: id }]);
  const preview = await visitors.get(`/drafts/${id}/preview?row=2`);
  expect(preview.text).toContain('Customer 1');
  expect(preview.text).toContain(phoneNumber(1));
  expect((await visitors.get(`/drafts/${id}/preview?row=122`)).text).toContain('It gets no message');
  const tested = await visitors.post(`/drafts/${id}/test-send`, { row: '2', phoneNumber: phoneNumber(900) });
  expect(tested.status).toBe(303);
  expect(decodeURIComponent(cookieOf(tested, 'siaran_notice'))).toMatch(/The test to 1 recipient .* as run r/);
  expect((await step(id, 'timing', { when: 'now', timeZone: 'Asia/Jakarta' })).headers.get('location')).toBe(
    `/drafts/${id}/confirm`,
  );
  const question = await visitors.get(`/drafts/${id}/confirm`);
  expect(question.text).toContain('120 people get <strong>reminder:id</strong> at once');
  expect(await step(id, 'confirm', { people: '12' })).toMatchObject({ status: 400 });
  const confirmed = await step(id, 'confirm', { people: '120' });
  const runId = confirmed.headers.get('location')?.slice('/runs/'.length) ?? '';
  expect(await finished(rig.siaran, runId)).toMatchObject({
    ...{ name: 'December reminder', outcome: 'handed_over' },
    recipients: { scheduled: 120, duplicates: 1, rejected: 1 },
  });
  expect((await visitors.get(`/drafts/${id}/recipients`)).text).toContain('has confirmed it');
  expect((await step(id, 'confirm', { ...hiddenIn(question), people: '120' })).headers.get('location')).toBe(
    `/runs/${runId}`,
  );
  await workers.close();
});

test('a form that breaks off leaves a list that is not complete', async () => {
  const before = await listDrafts(rig.ctx, { limit: 100 });
  const { hostname, port } = new URL(rig.url);
  const head = '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nCut off\r\n';
  const file = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nNomor HP;Nama\n62812;A\n';
  const socket = connect(Number(port), hostname);
  socket.write(
    [
      'POST /drafts HTTP/1.1',
      `Host: ${new URL(rig.url).host}`,
      `Cookie: ${visitors.operator}`,
      `Origin: ${rig.url}`,
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Length: 100000',
      '',
      `${head}${file}`,
    ].join('\r\n'),
  );
  const found = await eventually(
    () => listDrafts(rig.ctx, { limit: 100 }),
    ({ items }) => items[0]?.source !== null && items[0]?.name === 'Cut off',
  );
  expect(found.items).toHaveLength(before.items.length + 1);
  socket.destroy();
  const [draft] = found.items;
  const { text } = await visitors.get(`/drafts/${draft?.id}/recipients`);
  expect(text).toContain('The upload broke off');
  // Whatever the server makes of the break, it has made it once it has answered.
  await eventually(
    () => rig.query(`SELECT status FROM audit_entries WHERE action = 'POST /drafts' ORDER BY id DESC LIMIT 1`),
    ([entry]) => entry?.status !== null,
  );
  expect(await findDraft(rig.ctx, draft?.id ?? '')).toMatchObject({ source: { isComplete: false, columns: [] } });
});

test('what is missing or wrong is said where it is asked for, and nothing is lost', async () => {
  expect(await sendForm('/drafts', { name: ' ' }, spreadsheet(1))).toMatchObject({
    status: 400,
    text: expect.stringContaining('id="fault"'),
  });
  const none = await sendForm('/drafts', { name: 'No file' }, null);
  expect(none).toMatchObject({ status: 400, text: expect.stringContaining('Choose a file with your recipients.') });
  const id = await begun(spreadsheet(2));
  expect((await step(id, 'template', { template: 'default/99999' })).status).toBe(400);
  expect((await visitors.get(`/drafts/${id}/columns`)).text).toContain('Choose a template.');
  expect((await visitors.get(`/drafts/${id}/confirm`)).text).toContain('Choose a template.');
  const timing = { when: 'later', date: '', time: '09:00', timeZone: 'Asia/Jakarta', pace: '7' };
  const refused = await step(id, 'timing', timing);
  expect(refused.status).toBe(400);
  expect(refused.text).toMatch(/name="pace"[^>]*value="7"/);
  expect((await visitors.get('/drafts/nothing')).status).toBe(404);
});

test('what somebody else has changed meanwhile is not written over', async () => {
  const id = await ready(spreadsheet(3));
  const seen = hiddenIn(await visitors.get(`/drafts/${id}/timing`));
  await step(id, 'timing', { when: 'now', timeZone: 'Asia/Jakarta', pace: '100', paceUnit: '1h' });
  const late = await visitors.post(`/drafts/${id}/timing`, { ...seen, when: 'now', timeZone: 'UTC' });
  expect(late).toMatchObject({ status: 409, text: expect.stringContaining('has changed since you looked') });
  expect(await findDraft(rig.ctx, id)).toMatchObject({ settings: { timeZone: 'Asia/Jakarta', pace: '100/1h' } });
});

test('a draft is thrown away after a question', async () => {
  const id = await begun(spreadsheet(1), 'Thrown away');
  expect((await visitors.get('/drafts')).text).toContain('Thrown away');
  expect((await visitors.get(`/drafts/${id}/discard`)).text).toContain('Throw the draft Thrown away away?');
  const seen = hiddenIn(await visitors.get(`/drafts/${id}/discard`));
  await step(id, 'timing', { when: 'now', timeZone: 'UTC' });
  const late = await visitors.post(`/drafts/${id}/discard`, seen);
  expect(late).toMatchObject({ status: 409, text: expect.stringContaining('has changed since you looked') });
  expect((await visitors.confirm(`/drafts/${id}/discard`)).headers.get('location')).toBe('/drafts');
  expect((await visitors.get(`/drafts/${id}/recipients`)).status).toBe(404);
});

test('viewers see nothing of drafts, and another site begins none', async () => {
  const id = await begun(spreadsheet(1), 'Not for all');
  for (const path of [
    '/drafts',
    `/drafts/${id}/recipients`,
    `/drafts/${id}/rejected.csv`,
    `/drafts/${id}/doubtful.csv`,
  ])
    expect(await visitors.get(path, visitors.viewer)).toMatchObject({ status: 403 });
  expect((await visitors.get('/runs', visitors.viewer)).text).not.toContain('href="/drafts"');
  const { items } = await listDrafts(rig.ctx, { limit: 100 });
  const elsewhere = await sendForm('/drafts', { name: 'Elsewhere' }, spreadsheet(1), { Origin: 'https://example.com' });
  expect(elsewhere).toMatchObject({ status: 403 });
  expect((await listDrafts(rig.ctx, { limit: 100 })).items).toHaveLength(items.length);
});
