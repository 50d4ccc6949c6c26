import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issueToken } from '../../../src/pipeline/people/tokens.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { eventually, finished, invoiceColumns, invoices } from '../../support/rig.js';
import { inviteUser } from '../invite-user.js';
import { hiddenIn, openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let visitors: Visitors;
let owner: string;

beforeAll(async () => {
  rig = await startAdminRig({
    env: { SIARAN_APPROVAL_ABOVE: '10', SIARAN_ACTOR: 'a program', SIARAN_ADMIN_URL: 'https://in.example' },
  });
  await rig.work();
  visitors = await openVisitors(rig);
  owner = await visitors.logIn(tokens.owner);
});
afterAll(() => rig.close());

const api = '/api/v1';
const run = { name: 'December', templateDetailId: 172, columns: [...invoiceColumns] };

/** A run that somebody starts over HTTP, which waits for an approval. */
async function startedBy(token: string, count = 12): Promise<string> {
  const { id } = (await rig.ask('POST', `${api}/runs`, { token, json: run })).body;
  await rig.siaran.enqueue(id, invoices(count));
  await rig.siaran.seal(id);
  await eventually(
    () => rig.siaran.run(id),
    ({ status }) => status === 'paused',
  );
  return id;
}

test('an approver or owner approves over HTTP what an operator has started, as they saw it', async () => {
  const id = await startedBy(tokens.operator);
  const path = `${api}/runs/${id}/approv`;
  for (const token of [tokens.operator, tokens.analyst, tokens.viewer]) {
    expect(await rig.ask('GET', `${path}al`, { token })).toMatchObject({ status: 403, body: { code: 'ROLE' } });
    const tried = await rig.ask('POST', `${path}e`, { token, json: { state: 'x' } });
    expect(tried).toMatchObject({ status: 403, body: { code: 'ROLE' } });
  }
  const asked = await rig.ask('GET', `${path}al`, { token: tokens.owner });
  expect(asked).toMatchObject({ status: 200, body: { people: 12, startedBy: 'ada', waits: true, version: null } });
  expect(asked.body.rows).toHaveLength(5);
  const unsaid = await rig.ask('POST', `${path}e`, { token: tokens.owner, json: {} });
  expect(unsaid.status).toBe(400);
  const old = await rig.ask('POST', `${path}e`, { token: tokens.owner, json: { state: 'older' } });
  expect(old).toMatchObject({
    status: 409,
    body: { code: 'CHANGED_MEANWHILE', current: { state: asked.body.state, people: 12 } },
  });
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'paused', approval: { waits: true } });
  const { state } = asked.body;
  const approved = await rig.ask('POST', `${path}e`, { token: tokens.owner, json: { state } });
  expect(approved).toMatchObject({ status: 200, body: { runId: id, people: 12, version: null } });
  expect(await finished(rig.siaran, id)).toMatchObject({ approval: { startedBy: 'ada', approvedBy: 'head' } });
  const { body } = await rig.ask('GET', `${api}/audit?target=${id}`, { token: tokens.owner });
  expect(body.items.map(({ text }: { text: string }) => text)).toContainEqual(
    expect.stringContaining('head (token) approved'),
  );
});

test('an approval is of the whole digest; one of half of it, as they were made earlier, is made whole if it still holds', async () => {
  const [id, changed] = [await startedBy(tokens.operator), await startedBy(tokens.operator)];
  const { state } = (await rig.ask('GET', `${api}/runs/${id}/approval`, { token: tokens.owner })).body;
  expect(state).toMatch(/^[0-9a-f]{64}$/);
  await rig.query(
    `UPDATE runs SET approved_by = 'head', approved_at = now(), approved_state = CASE WHEN id = $1 THEN left($2, 32) ELSE repeat('0', 32) END
     WHERE id IN ($1, $3)`,
    [id, state, changed],
  );
  const waits = async (of: string) => (await rig.siaran.run(of)).approval?.waits;
  expect([await waits(id), await waits(changed)]).toEqual([true, true]);
  await rig.query(await readFile('prisma/migrations/20261230000000_whole_approval_digests/migration.sql', 'utf8'));
  expect(await finished(rig.siaran, id)).toMatchObject({ approval: { approvedBy: 'head' } });
  expect(await waits(changed)).toBe(true);
  await rig.siaran.cancel(changed);
});

test('nobody approves their own, whatever their role; a token of theirs is theirs', async () => {
  const own = await startedBy(tokens.owner);
  const { state } = (await rig.ask('GET', `${api}/runs/${own}/approval`, { token: tokens.owner })).body;
  const tried = await rig.ask('POST', `${api}/runs/${own}/approve`, { token: tokens.owner, json: { state } });
  expect(tried).toMatchObject({ status: 403, body: { code: 'OWN_RUN' } });
  await inviteUser(rig.ctx, 'head', 'approver');
  const { token } = await issueToken(rig.ctx, {
    ...{ name: 'head', label: 'nightly', expiresAt: new Date(Date.now() + 3_600_000) },
  });
  const byProgram = await rig.ask('POST', `${api}/runs/${own}/approve`, { token, json: { state } });
  expect(byProgram).toMatchObject({ status: 403, body: { code: 'OWN_RUN' } });
  await rig.siaran.cancel(own);
});

test('nobody approves a run that they have put rows into, whoever has started it', async () => {
  const { id } = (await rig.ask('POST', `${api}/runs`, { token: tokens.operator, json: run })).body;
  const lines = [invoiceColumns, ...[...invoices(12)].map((row) => Object.values(row))].map((line) => line.join(','));
  const headers = { 'Content-Type': 'text/csv' };
  const body = `${lines.join('\r\n')}\r\n`;
  const put = await rig.ask('POST', `${api}/runs/${id}/recipients`, { token: tokens.owner, body, headers });
  expect(put).toMatchObject({ status: 200, body: { accepted: 12 } });
  await rig.ask('POST', `${api}/runs/${id}/seal`, { token: tokens.operator });
  const ask = () => rig.ask('GET', `${api}/runs/${id}/approval`, { token: tokens.owner });
  const { state, startedBy } = (await eventually(ask, ({ body }) => body.isWhole === true)).body;
  expect(startedBy).toBe('ada');
  const tried = await rig.ask('POST', `${api}/runs/${id}/approve`, { token: tokens.owner, json: { state } });
  expect(tried).toMatchObject({ status: 403, body: { code: 'OWN_RUN' } });
  const namesake = rig.open({ SIARAN_ACTOR: ' HEAD' });
  await expect(namesake.approve(id, state)).rejects.toMatchObject({ code: 'OWN_RUN' });
  expect(await rig.open({ SIARAN_ACTOR: 'bo' }).approve(id, state)).toMatchObject({ people: 12 });
  await finished(rig.siaran, id);
});

test('the page shows what is asked, and asks again when that has changed', async () => {
  const id = await startedBy(tokens.operator);
  const path = `/runs/${id}/approve`;
  expect((await visitors.get(`/runs/${id}`, visitors.operator)).text).not.toContain('do-approve');
  expect((await visitors.get(path, visitors.operator)).status).toBe(403);
  expect((await visitors.get('/runs', owner)).text).toContain('waiting for approval');
  const shown = await visitors.get(`/runs/${id}`, owner);
  expect(shown.text).toContain('do-approve');
  expect(shown.text).toContain('waiting for approval');
  const page = await visitors.get(path, owner);
  expect(page.status).toBe(200);
  for (const words of [
    '<strong>12</strong>',
    'Customer 4',
    'of runs with more than 10',
    'ada',
    'there is no price list',
  ])
    expect(page.text).toContain(words);
  expect(page.text).not.toContain('Customer 5');
  await rig.query(`UPDATE runs SET template_detail_id = 173 WHERE id = $1`, [id]);
  const late = await visitors.post(path, hiddenIn(page), owner);
  expect(late.status).toBe(409);
  expect(late.text).toContain('has changed since');
  expect(late.text).toContain('173');
  expect(await rig.siaran.run(id)).toMatchObject({ approval: { waits: true, approvedBy: null } });
  const done = await visitors.post(path, hiddenIn(late), owner);
  expect(done).toMatchObject({ status: 303 });
  expect(done.headers.get('location')).toBe(`/runs/${id}`);
  expect(await finished(rig.siaran, id)).toMatchObject({ approval: { approvedBy: 'head' } });
  expect((await visitors.get(`/runs/${id}`, owner)).text).toMatch(/Approved<\/dt><dd>.*head/);
  expect(await visitors.get(path, owner)).toMatchObject({ status: 303 });
});

test('figures tell how many wait for an approver, and where', async () => {
  const id = await startedBy(tokens.operator);
  const scrape = async () => (await rig.ask('GET', '/metrics')).text;
  const seen = await eventually(scrape, (text) => text.includes('siaran_held_runs{kind="approval"} 1'));
  expect(seen).toContain('siaran_admin_url{url="https://in.example"} 1');
  await rig.siaran.cancel(id);
  await eventually(scrape, (text) => !text.includes('siaran_held_runs{kind="approval"}'));
});

test('values of recipients stand on the page as text', async () => {
  const { id } = (await rig.ask('POST', `${api}/runs`, { json: run })).body;
  const hostile = { phone_number: '6281210999999', customer_name: '<script>alert(1)</script>', body_variable1: '"' };
  await rig.siaran.enqueue(id, [hostile, ...invoices(11)]);
  await rig.siaran.seal(id);
  await eventually(
    () => rig.siaran.run(id),
    ({ status }) => status === 'paused',
  );
  const page = await visitors.get(`/runs/${id}/approve`, owner);
  expect(page.text).toContain('&#60;script&#62;');
  expect(page.text).not.toContain('<script>alert');
  await rig.siaran.cancel(id);
});

test('an approver sees the first message as it will be read, and which template it is of', async () => {
  const template = { templateDetailId: 173, name: 'december', language: 'id', body: 'Tagihan *{{1}}* sudah terbit.' };
  await rig.siaran.addTemplate(template);
  const { id } = (
    await rig.ask('POST', `${api}/runs`, { token: tokens.operator, json: { ...run, templateDetailId: 173 } })
  ).body;
  await rig.siaran.enqueue(id, invoices(12));
  await rig.siaran.seal(id);
  await eventually(
    () => rig.siaran.approval(id),
    ({ rows }) => rows.length === 5,
  );
  const asked = await rig.ask('GET', `${api}/runs/${id}/approval`, { token: tokens.owner });
  expect(asked.body).toMatchObject({ template: 'december:id', message: { text: 'Tagihan *INV-0* sudah terbit.' } });
  const page = await visitors.get(`/runs/${id}/approve`, owner);
  expect(page.text).toContain('december:id (173)');
  expect(page.text).toContain('Tagihan <strong>INV-0</strong> sudah terbit.');
  await rig.siaran.cancel(id);
});
