import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildAdmin } from '../../src/admin/server.js';
import { parseConfig } from '../../src/config/config.js';
import { openContext } from '../../src/context.js';
import { addSuppressions } from '../../src/store/suppressions.js';
import { type AdminRig, type Answer, startAdminRig, tokens } from '../support/admin.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber } from '../support/rig.js';
import { answerMessage, delivered, individualRun, item, tell } from '../support/statuses.js';

/** What a name, a reason or an answer could try. */
const hostile = `<script>alert("x")</script>' onload=y`;

let rig: AdminRig;
let empty: AdminRig;
let operator: string;
let viewer: string;

beforeAll(async () => {
  rig = await startAdminRig();
  empty = await startAdminRig();
  operator = await logIn(rig, tokens.operator);
  viewer = await logIn(rig, tokens.viewer);
  await rig.work();
});

afterAll(async () => {
  await rig.close();
  await empty.close();
});

async function logIn(to: AdminRig, token: string): Promise<string> {
  const answer = await post(to, '/login', { token }, '');
  return cookieOf(answer, 'siaran_session');
}

function cookieOf(answer: Answer, name: string): string {
  const found = answer.headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`));
  return found?.split(';')[0] ?? '';
}

function get(path: string, cookie = operator, from = rig): Promise<Answer> {
  return from.ask('GET', path, { token: null, headers: { Accept: 'text/html', Cookie: cookie } });
}

function post(to: AdminRig, path: string, form: Record<string, string>, cookie = operator, headers = {}) {
  return to.ask('POST', path, {
    token: null,
    body: String(new URLSearchParams(form)),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'text/html',
      Cookie: cookie,
      Origin: to.url,
      ...headers,
    },
  });
}

/** Answers the question of a page, with what stands hidden in it. */
async function confirm(path: string, form: Record<string, string> = {}): Promise<Answer> {
  const { text } = await get(path);
  const hidden = [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  const seen = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
  return post(rig, path, { ifState: 'none', ...seen, ...form });
}

/** A run of five batches: one that Qiscus refused, one of which nobody knows, three that are scheduled. */
async function troubledRun(name: string): Promise<string> {
  rig.sandbox.setFaults([
    { on: 'send', kind: 'http', status: 422, message: `no such template, said 6281234567890 ${hostile}`, times: 1 },
    { on: 'send', kind: 'close-after-accepting', times: 1 },
  ]);
  const { runId } = await rig.siaran.broadcast({
    name,
    templateDetailId: 172,
    columns: invoiceColumns,
    recipients: invoices(4_100),
  });
  await finished(rig.siaran, runId);
  rig.sandbox.setFaults([]);
  return runId;
}

async function pausedRun(): Promise<string> {
  const { id } = await rig.siaran.startRun({ name: 'Paused', templateDetailId: 172, columns: invoiceColumns });
  await rig.siaran.enqueue(id, invoices(2_500));
  await rig.siaran.pause(id);
  return id;
}

test('a stranger is led to the login page, and from there to where they wanted to go', async () => {
  const refused = await get('/runs?before=r1', '');
  expect(refused.status).toBe(303);
  expect(refused.headers.get('location')).toBe('/login?next=%2Fruns%3Fbefore%3Dr1');
  const page = await get('/login?next=%2Faudit', '');
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('name="next" value="/audit"') });
  const wrong = await post(empty, '/login', { token: 'wrong-token-0123456789', next: '/audit' }, '');
  expect(wrong).toMatchObject({ status: 401, text: expect.stringContaining('This token is wrong') });
  expect(wrong.headers.getSetCookie()).toEqual([]);
  const right = await post(empty, '/login', { token: tokens.viewer, next: '/audit' }, '');
  expect(right.status).toBe(303);
  expect(right.headers.get('location')).toBe('/audit');
  const [cookie = ''] = right.headers.getSetCookie();
  expect(cookie).toMatch(/^siaran_session=.+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  const secure = await post(empty, '/login', { token: tokens.viewer }, '', { 'X-Forwarded-Proto': 'https' });
  expect(secure.headers.getSetCookie()[0]).toContain('; Secure');
  const elsewhere = await post(empty, '/login', { token: tokens.viewer, next: '//evil.test' }, '');
  expect(elsewhere.headers.get('location')).toBe('/runs');
});

test('a link in a mail leads to its page all the same: the browser keeps the cookie back for the first step only', async () => {
  const headers = { Accept: 'text/html', 'Sec-Fetch-Site': 'cross-site' };
  const step = await rig.ask('GET', '/login?next=%2Fruns%2Fr1', { token: null, headers });
  expect(step.text).toContain('<meta http-equiv="refresh" content="0; url=/runs/r1">');
});

test('logging out ends it, for viewers too', async () => {
  const cookie = await logIn(empty, tokens.viewer);
  expect((await get('/runs', cookie, empty)).status).toBe(200);
  const out = await post(empty, '/logout', {}, cookie);
  expect(out.status).toBe(303);
  expect(out.headers.getSetCookie()[0]).toMatch(/^siaran_session=;/);
});

test('after ten attempts in five minutes an address has to wait, and is told how long', async () => {
  const app = await buildAdmin(rig.ctx, [{ name: 'ada', role: 'operator', token: tokens.operator }]);
  try {
    const attempt = () =>
      app.inject({ method: 'POST', url: '/login', payload: { token: 'x' }, headers: { accept: 'text/html' } });
    for (let at = 0; at < 10; at += 1) expect((await attempt()).statusCode).toBe(401);
    const late = await attempt();
    expect(late.statusCode).toBe(429);
    expect(late.headers['content-type']).toContain('text/html');
    expect(late.body).toMatch(/Too many attempts .* Try again in 5 minutes, at \d\d:\d\d UTC/);
  } finally {
    await app.close();
  }
});

test('every page is there for empty data, and for nothing at all', async () => {
  const cookie = await logIn(empty, tokens.operator);
  for (const path of [
    '/runs',
    '/runs?before=rnothing',
    '/campaigns',
    '/recipients',
    '/suppressions',
    '/audit',
    '/audit?before=1',
    '/health',
  ]) {
    const page = await get(path, cookie, empty);
    expect(page).toMatchObject({ status: 200 });
    expect(page.text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.text).toContain('<a class="skip" href="#main">');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  }
  for (const path of ['/runs/rnothing', '/batches/rnothing-0001', '/campaigns/nothing', '/nothing', '/runs/r1/cancel'])
    expect(await get(path, cookie, empty)).toMatchObject({ status: 404, text: expect.stringContaining('<h1>') });
  expect(await get('/audit?before=x', cookie, empty)).toMatchObject({ status: 400 });
});

test('names, reasons and answers are shown as they are written, and do nothing', async () => {
  const runId = await troubledRun(`Invoices ${hostile}`);
  const batches = await rig.siaran.batches(runId);
  const failed = batches.find(({ status }) => status === 'failed')?.id ?? '';
  const unknown = batches.find(({ status }) => status === 'unknown')?.id ?? '';
  await rig.siaran.addCampaign({
    name: `Mondays / ${hostile} ${'é'.repeat(150)}`,
    templateDetailId: 172,
    columns: ['phone_number'],
    audience: 'function:mondays',
    schedule: '0 9 * * mon',
    timeZone: 'Asia/Jakarta',
  });
  const campaign = `/campaigns/${encodeURIComponent(`Mondays / ${hostile} ${'é'.repeat(150)}`)}`;
  await confirm(`/batches/${unknown}/resolve`, {
    found: 'sent',
    job: '77',
    reason: `saw it ${hostile}`,
  });
  const paths = ['/runs', `/runs/${runId}`, `/runs/${runId}?status=failed&after=1`, `/runs/${runId}/retry`];
  paths.push(`/runs/${runId}/rejections`, `/runs/${runId}/verification`);
  paths.push(`/batches/${failed}`, `/batches/${unknown}`, `/batches/${failed}/retry`, '/campaigns', campaign);
  paths.push(
    `${campaign}/fire`,
    `${campaign}/pause`,
    `${campaign}/resume`,
    `${campaign}/audience`,
    '/audit',
    '/health',
  );
  for (const path of paths) {
    const page = await get(path);
    expect([path, page.status]).toEqual([path, 200]);
    expect(page.text).not.toMatch(/<script>|[^;]onload=y(?![^<]*<)/);
    expect(page.text.match(/<script/g)?.length).toBeLessThanOrEqual(2);
    expect(page.text).not.toContain('6281234567890');
    expect(page.text).not.toMatch(/ style=/);
  }
  const run = await get(`/runs/${runId}`);
  expect(run.text).toContain('Invoices &#60;script&#62;');
  expect(run.text).toContain('no such template');
  expect((await get(`/batches/${unknown}`)).text).toContain('Resolved: it was sent');
});

test('a run is paused, resumed and cancelled by its pages, each after a question with the figures', async () => {
  const runId = await pausedRun();
  const resume = await get(`/runs/${runId}/resume`);
  expect(resume.text).toMatch(/Resume run .*\? .*recipients.* may then be sent/);
  const resumed = await confirm(`/runs/${runId}/resume`);
  expect(resumed.status).toBe(303);
  expect(resumed.headers.get('location')).toBe(`/runs/${runId}`);
  const told = await get(`/runs/${runId}`, `${operator}; ${cookieOf(resumed, 'siaran_notice')}`);
  expect(told.text).toContain('The run goes on.');
  expect(told.headers.getSetCookie()[0]).toMatch(/^siaran_notice=;/);
  await eventually(
    () => rig.siaran.run(runId),
    (run) => run.batches.scheduled === 2 && run.recipients.buffered === 0,
  );
  expect((await confirm(`/runs/${runId}/pause`)).status).toBe(303);
  const cancel = await get(`/runs/${runId}/cancel`);
  expect(cancel.text).toContain('500 recipients in 1 batch that were not handed over will never be sent');
  expect(cancel.text).toContain('2,000 recipients were handed over: only Qiscus can stop those');
  expect((await confirm(`/runs/${runId}/cancel`)).status).toBe(303);
  expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'cancelled', recipients: { cancelled: 500 } });
  const [entry] = await rig.query('SELECT actor, action, target, status FROM audit_entries ORDER BY id DESC LIMIT 1');
  expect(entry).toEqual({ actor: 'ada', action: 'POST /runs/:runId/cancel', target: runId, status: 303 });
  expect((await get(`/runs/${runId}/pause`)).status).toBe(303);
  const late = await confirm(`/runs/${runId}/pause`);
  expect(late).toMatchObject({ status: 409, text: expect.stringContaining(`href="/runs/${runId}"`) });
});

test('an unknown batch is resolved as somebody found it, and only if that was about its latest send', async () => {
  const runId = await troubledRun('Unknown');
  const [batch] = await rig.siaran.batches(runId, { status: 'unknown' });
  const path = `/batches/${batch?.id}/resolve`;
  const page = await get(path);
  expect(page.text).toContain(`[${batch?.id}.1]`);
  expect(page.text).toContain('go out again to 1,000 recipients');
  expect((await confirm(path, { found: 'sent', job: 'none' })).status).toBe(400);
  expect((await confirm(path, { found: 'not-sent' })).text).toContain('may still be working');
  const old = await confirm(path, { found: 'sent', job: '7', ifState: 'another' });
  expect(old).toMatchObject({ status: 409, text: expect.stringContaining('has changed since you looked') });
  expect((await confirm(path, { found: 'sent', job: '5982898499', reason: 'in the list' })).status).toBe(303);
  const resolved = await get(`/batches/${batch?.id}`);
  expect(resolved.text).toContain('in the list');
  expect(await post(rig, path, { found: 'sent', job: '7', ifState: 'another' })).toMatchObject({ status: 409 });
});

test('a batch that callbacks tell of says so, and is sent again only when its size is typed', async () => {
  const runId = await troubledRun('Reported');
  const [batch] = await rig.siaran.batches(runId, { status: 'unknown' });
  await rig.query(
    `INSERT INTO broadcast_logs (account, batch_id, send, phone_number, message_id, status, first_at)
     SELECT 'default', $1, 1, 628110000000 + n, 'wamid.page.' || n, 'delivered', now() - interval '2 hours' FROM generate_series(1, 950) n`,
    [batch?.id],
  );
  const told = '950 of 1,000 messages were reported: it was sent';
  expect((await get(`/runs/${runId}`)).text).toContain(told);
  expect((await get(`/batches/${batch?.id}`)).text).toContain(told);
  const path = `/batches/${batch?.id}/resolve`;
  expect((await get(path)).text).toContain(told);
  const form = { found: 'not-sent', force: 'yes' };
  expect(await confirm(path, form)).toMatchObject({ status: 409, text: expect.stringContaining('EVIDENCE') });
  expect(await confirm(path, { ...form, despiteEvidence: '950' })).toMatchObject({ status: 409 });
  expect(await confirm(path, { ...form, despiteEvidence: '1000' })).toMatchObject({ status: 303 });
  expect((await get(`/batches/${batch?.id}`)).text).toContain('against evidence');
});

test('a campaign is fired once by a page, however often it is posted, with the figures shown before', async () => {
  await rig.siaran.addCampaign({
    name: 'Newsletter',
    templateDetailId: 172,
    columns: ['phone_number'],
    audience: `sql:SELECT '62812' || n AS phone_number FROM generate_series(10000000, 10001199) n`,
    schedule: '0 9 * * mon',
    timeZone: 'Asia/Jakarta',
  });
  expect((await get('/campaigns/Newsletter/audience')).text).toMatch(/1,200 recipients.*2 batches start/s);
  const question = await get('/campaigns/Newsletter/fire');
  expect(question.text).toMatch(/<strong>1,200 recipients<\/strong> would be messaged: 2 batches start/);
  const asOf = /name="asOf" value="([^"]+)"/.exec(question.text)?.[1] ?? '';
  const fired = await confirm('/campaigns/Newsletter/fire', { asOf });
  const again = await confirm('/campaigns/Newsletter/fire', { asOf });
  expect(fired.headers.get('location')).toMatch(/^\/runs\/r/);
  expect(again.headers.get('location')).toBe(fired.headers.get('location'));
  const old = new Date(Date.now() - 2 * 3_600_000).toISOString();
  expect((await confirm('/campaigns/Newsletter/fire', { asOf: old })).status).toBe(400);
  expect((await confirm('/campaigns/Newsletter/pause')).status).toBe(303);
  expect(await rig.siaran.campaign('Newsletter')).toMatchObject({ status: 'paused' });
  expect((await confirm('/campaigns/Newsletter/resume')).status).toBe(303);
  expect(await rig.siaran.campaign('Newsletter')).toMatchObject({ status: 'active' });
  // What it sends must not meet the faults of the tests that come.
  await eventually(
    () => rig.siaran.run(fired.headers.get('location')?.slice('/runs/'.length) ?? ''),
    ({ status }) => status === 'finished',
  );
});

test('a viewer sees no button, no query and no number, and is refused what a button would do', async () => {
  const runId = await troubledRun('Looked at');
  const [failed] = await rig.siaran.batches(runId, { status: 'failed' });
  const paths = ['/runs', `/runs/${runId}`, `/batches/${failed?.id}`, '/campaigns', '/audit', '/health'];
  for (const path of paths) {
    const { status, text } = await get(path, viewer);
    expect(status).toBe(200);
    expect(text.match(/<button/g)).toHaveLength(1);
    expect(text).toContain('Log out');
    expect(text).not.toMatch(/href="[^"]+\/(retry|resolve|pause|cancel|seal|resume|fire|audience)"/);
    expect(text).not.toMatch(/\b62812\d{8}\b/);
  }
  expect((await get('/campaigns/Newsletter')).text).toContain('generate_series');
  expect((await get('/campaigns/Newsletter', viewer)).text).not.toContain('generate_series');
  for (const path of [`/runs/${runId}/retry`, `/batches/${failed?.id}/retry`, '/health/resume']) {
    expect(await get(path, viewer)).toMatchObject({ status: 403, text: expect.stringContaining('is a viewer') });
    expect(await post(rig, path, {}, viewer)).toMatchObject({ status: 403 });
  }
  expect(await rig.siaran.batches(runId, { status: 'failed' })).toHaveLength(1);
});

test('what another site makes a browser send is refused', async () => {
  const runId = await pausedRun();
  for (const headers of [{ Origin: 'https://evil.test' }, { 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'null' }]) {
    expect((await post(rig, `/runs/${runId}/cancel`, {}, operator, headers)).status).toBe(403);
    expect((await post(rig, '/login', { token: tokens.operator }, '', headers)).status).toBe(403);
    expect((await post(rig, '/logout', {}, operator, headers)).status).toBe(403);
  }
  expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused' });
});

test('whoever is logged out meanwhile is told so, and nothing is done', async () => {
  const refused = await post(rig, '/runs/rnothing/cancel', {}, '');
  expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('/login?next=%2Fruns%2Frnothing') });
});

test('health tells what each part found, also when a part can not be looked at', async () => {
  const checks = async () => [
    { check: 'Redis', ok: true, detail: 'answers', todo: null },
    { check: 'Postgres', ok: false, detail: `away ${hostile}`, todo: 'Start it.' },
  ];
  const headers = { accept: 'text/html', host: 'localhost' };
  const app = await buildAdmin(rig.ctx, [], { checks });
  const broken = await buildAdmin(rig.ctx, [], { checks: () => Promise.reject(new Error('no way to look')) });
  try {
    const { body } = await app.inject({ url: '/health', headers });
    expect(body).toMatch(/Postgres.*problem.*Start it\..*Redis.*ok/s);
    expect(body).toMatch(/1 worker alive/);
    expect(body).toMatch(/deliver/);
    expect((await broken.inject({ url: '/health', headers })).body).toContain('no way to look');
  } finally {
    await app.close();
    await broken.close();
  }
});

test('a held account is told with what lifts it, and an operator lifts it', async () => {
  await rig.query(
    `INSERT INTO holds (account, kind, reason) SELECT name, 'unknowns', '3 sends in a row' FROM accounts LIMIT 1`,
  );
  expect((await get('/health')).text).toMatch(/unknowns.*3 sends in a row.*Let accounts send again/s);
  expect((await get('/health', viewer)).text).not.toContain('href="/health/resume"');
  expect((await get('/health/resume')).text).toContain('Lift 1 hold?');
  expect((await confirm('/health/resume')).headers.get('location')).toBe('/health');
  expect((await get('/health')).text).toContain('No account is held.');
});

test('while Postgres is away pages say so, and health shows the rest', async () => {
  const ctx = openContext(parseConfig({ ...rig.env, DATABASE_URL: 'postgres://127.0.0.1:1/none' }));
  const app = await buildAdmin(ctx, []);
  try {
    const headers = { accept: 'text/html', host: 'localhost' };
    const page = await app.inject({ url: '/runs', headers });
    expect(page.statusCode).toBe(503);
    expect(page.headers['retry-after']).toBe('5');
    expect(page.body).toMatch(/<h1>.*Postgres can&#39;t be reached; try again/s);
    const health = await app.inject({ url: '/health', headers });
    expect(health.statusCode).toBe(200);
    expect(health.body).toMatch(/can't be seen at the moment.*1 worker alive/s);
  } finally {
    await app.close();
    await ctx.close();
  }
});

test('rows that were not taken are listed with their reason, and a run is verified', async () => {
  const { id } = await rig.siaran.startRun({ name: 'Rejected', templateDetailId: 172, columns: ['phone_number'] });
  const rows = Array.from({ length: 120 }, (_, at) => ({ phone_number: at === 0 ? '081212345678' : `1${at}` }));
  await rig.siaran.enqueue(id, rows, { source: hostile });
  const page = await get(`/runs/${id}/rejections`);
  expect(page.text).toContain('is too short');
  expect(page.text).not.toMatch(/081212345678|<script>/);
  const next = /href="([^"]+)" rel="next"/.exec(page.text)?.[1] ?? '';
  expect((await get(next)).text.match(/is too short/g)?.length).toBeGreaterThanOrEqual(19);
  expect((await get(`/runs/${id}`)).text).toContain('120 rows rejected');
  expect((await get(`/runs/${id}/verification`)).text).toContain('Every recipient is accounted for');
  await rig.query(
    `INSERT INTO batches (id, run_id, account, number, size) SELECT id || '-0001', id, account, 1, 7 FROM runs WHERE id = $1`,
    [id],
  );
  expect((await get(`/runs/${id}/verification`)).text).toContain('Broken: ');
});

/** All that the audit log has, newest first. */
async function audited(): Promise<{ action: string; detail: string }[]> {
  return rig.query(`SELECT action, detail::text FROM audit_entries ORDER BY id DESC`);
}

test('a number is found in each run that has it, and stands in no address, title or log of ours', async () => {
  const [number, other] = [phoneNumber(70_001), phoneNumber(70_002)];
  const old = await delivered(rig, [number], 30);
  const young = await delivered(rig, [number], 2);
  await tell(rig, item('wamid.HBgNNjI4', 'failed', new Date(Date.now() - 3_600_000), number, 131026));
  const before = (await audited()).length;
  const written = `+${number.slice(0, 2)} ${number.slice(2, 5)}-${number.slice(5)}`;
  const page = await post(rig, '/recipients', { phoneNumber: written });
  expect(page.status).toBe(200);
  expect(page.text).toMatch(
    new RegExp(`${number}.*in 2 runs.*${young}.*not delivered.*131026.*wamid.HBgN.*${old}`, 's'),
  );
  expect(page.text).toContain(`href="/batches/${young}-0001"`);
  expect(page.text).toContain('handed over to Qiscus');
  expect(page.text).toMatch(/not on the list.*Suppress it/s);
  expect(/<title>(.*)<\/title>/.exec(page.text)?.[1]).toBe('Recipient search · Siaran');
  expect(page.text).not.toMatch(new RegExp(`(href|action)="[^"]*${number}`));
  const looked = await post(rig, '/recipients', { phoneNumber: number }, viewer);
  expect(looked).toMatchObject({
    status: 200,
    text: expect.stringContaining(`${number.slice(0, 4)}*******${number.slice(-2)}`),
  });
  expect(looked.text).not.toMatch(new RegExp(`${number}|wamid|Suppress it`));
  const csv = await rig.ask('GET', `/api/v1/runs/${young}/export`, { token: tokens.viewer });
  expect(csv).toMatchObject({ status: 200, text: expect.stringContaining('…') });
  expect(csv.text).not.toContain('wamid');
  expect((await post(rig, '/recipients', { phoneNumber: other })).text).toContain('No run has this number.');
  const wrong = await post(rig, '/recipients', { phoneNumber: `12 ${hostile}` });
  expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('role="alert">phone_number') });
  expect(wrong.text).not.toContain('<script>');
  expect(await post(rig, '/recipients', {})).toMatchObject({ status: 400, text: expect.stringContaining('is empty') });
  const elsewhere = { Origin: 'https://evil.test' };
  expect((await post(rig, '/recipients', { phoneNumber: number }, operator, elsewhere)).status).toBe(403);
  const stranger = await post(rig, '/recipients', { phoneNumber: number }, '');
  expect(stranger).toMatchObject({ status: 401, text: expect.stringContaining('/login?next=%2Frecipients"') });
  expect((await audited()).length).toBe(before);
});

test('numbers are put on the suppression list and taken off it, and the audit log has none of them', async () => {
  const [number, other] = [phoneNumber(71_001), phoneNumber(71_002)];
  const grouped = `+${other.slice(0, 2)} ${other.slice(2, 5)}-${other.slice(5, 9)}-${other.slice(9)}`;
  const reason = `asked for by ${grouped} ${hostile}`;
  const refused = await post(rig, '/suppressions/add', { phoneNumbers: `${number}\r\n12`, reason });
  expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('Nothing was put on the list.') });
  expect(refused.text).toContain(`>\n${number}`);
  const find = async (cookie = operator) => (await post(rig, '/suppressions', { phoneNumber: number }, cookie)).text;
  expect(await find()).toContain('It is not on the list');
  const added = await post(rig, '/suppressions/add', { phoneNumbers: `${number}\r\n${grouped}; ${number}`, reason });
  expect([added.status, added.headers.get('location')]).toEqual([303, '/suppressions']);
  expect(decodeURIComponent(cookieOf(added, 'siaran_notice'))).toContain('2 numbers put on the list');
  expect(await find()).toMatch(/It is on the list\..*asked for by.*put there by an operator/s);
  expect((await post(rig, '/recipients', { phoneNumber: number })).text).toContain('no run messages it');
  expect(await find(viewer)).not.toMatch(new RegExp(`${number}|${other.slice(5, 9)}|Take off`));
  expect(await find()).not.toContain('<script>');

  const question = await post(rig, '/suppressions/removal', { phoneNumber: number });
  expect(question).toMatchObject({ status: 200, text: expect.stringContaining(`Let runs message ${number} again?`) });
  expect(await find()).toContain('It is on the list');
  const seenOn = async (phoneNumber: string) => {
    const { text } = await post(rig, '/suppressions/removal', { phoneNumber });
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1] ?? '';
    return { phoneNumber, source: field('source'), addedAt: field('addedAt') };
  };
  const seen = await seenOn(grouped);
  const removed = await post(rig, '/suppressions/remove', seen);
  expect(removed.headers.get('location')).toBe('/suppressions');
  // Its owner opts out while somebody looks at what an operator had written: that stays.
  const before = await seenOn(number);
  await addSuppressions(rig.ctx.db, [{ phoneNumber: number, reason: 'opted out', source: 'opt_out' }]);
  expect(await post(rig, '/suppressions/remove', before)).toMatchObject({ status: 409 });
  expect(await find()).toMatch(/It is on the list\..*its owner opted out/s);
  expect((await post(rig, '/suppressions/remove', await seenOn(number))).status).toBe(303);
  expect(await find()).toContain('It is not on the list');
  expect((await post(rig, '/suppressions/removal', { phoneNumber: number })).status).toBe(303);

  const [last, , ...rest] = await audited();
  expect(last).toMatchObject({ action: 'POST /suppressions/remove' });
  const detail = [last, ...rest].map((entry) => entry?.detail).join();
  expect(detail).toContain('6281*');
  expect(detail).not.toMatch(new RegExp(`${number}|${other}|${other.slice(5, 9)}-`));
});

test('operators leaf through the suppression list; a viewer gets no further page, whose address would be a number', async () => {
  const numbers = Array.from({ length: 60 }, (_, at) => phoneNumber(72_001 + at));
  await rig.siaran.suppress(numbers, { reason: 'asked by phone' });
  const first = await get('/suppressions');
  const after = /name="after" value="(\d+)"/.exec(first.text)?.[1] ?? '';
  expect(first.text.match(/>Take off</g)).toHaveLength(50);
  const second = await post(rig, '/suppressions/page', { after });
  expect(second.text).toContain(`Take off ${numbers.at(-1)}`);
  expect(second.text).not.toContain('name="after"');
  const seen = await get('/suppressions', viewer);
  expect(seen.text).toContain('These are the first 50.');
  expect(seen.text).not.toMatch(/62812\d{8}<|value="\d|Take|name="reason"/);
  for (const path of ['page', 'removal', 'add', 'remove'])
    expect((await post(rig, `/suppressions/${path}`, { after, phoneNumber: after }, viewer)).status).toBe(403);
  expect((await post(rig, '/suppressions/page', { after: 'x' })).status).toBe(400);
});

test('a message of its own tells how far it came, a batch how many were left out, a run its account and way', async () => {
  const number = phoneNumber(73_001);
  const runId = await individualRun(rig, [number], 1);
  await answerMessage(rig, `${runId}-0001`, number, 5982898499);
  await tell(rig, item('wamid.HBgNNjI4MTIxMDAw', 'read', new Date(), number));
  const page = await get(`/batches/${runId}-0001`);
  expect(page.text).toMatch(/Its message.*delivered and read.*5982898500.*5982898499.*wamid\.HBgNNjI4MTIxMDAw/s);
  expect(page.text).not.toContain('Balance at its upload');
  // WhatsApp's ids have the number in them.
  expect((await get(`/batches/${runId}-0001`, viewer)).text).not.toContain('wamid');
  await rig.query(`INSERT INTO accounts (name, portfolio) VALUES ('second', 'second')`);
  await rig.query(`UPDATE batches SET suppressed = 3 WHERE run_id = $1`, [runId]);
  const individual = { templateName: 'reminder', namespace: 'n', language: 'id', force: false };
  await rig.query(
    `UPDATE runs SET account = 'second', delivery = delivery || jsonb_build_object('individual', $2::jsonb) WHERE id = $1`,
    [runId, JSON.stringify(individual)],
  );
  expect((await get(`/batches/${runId}-0001`)).text).toContain('3 recipients, suppressed since it was filled');
  const run = await get(`/runs/${runId}`);
  expect(run.text).toMatch(/3 suppressed.*individually, each recipient a message.*reminder \(id\).*<dd>second</s);
  expect((await get('/runs')).text).toMatch(/account second.*individually/s);
});

test('pages are no part of what the API says of itself', async () => {
  const { body } = await rig.ask('GET', '/openapi.json');
  expect(Object.keys(body.paths).filter((path) => !path.startsWith('/api/'))).toEqual([]);
});

test('changes of a run come as events to all who watch it, and end with it', async () => {
  const runId = await pausedRun();
  const read = async (leaveAfterFirst: boolean) => {
    const leaving = new AbortController();
    const headers = { Cookie: viewer };
    const response = await fetch(`${rig.url}/api/v1/runs/${runId}/events`, { headers, signal: leaving.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    let text = '';
    try {
      for await (const part of response.body ?? []) {
        text += Buffer.from(part).toString();
        if (leaveAfterFirst && text.includes('event: run')) leaving.abort();
      }
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    }
    return text;
  };
  const leaver = read(true);
  const [one, other] = [read(false), read(false)];
  expect(await leaver).toContain('"status":"paused"');
  await rig.siaran.resume(runId);
  await rig.siaran.seal(runId);
  const [first, second] = await Promise.all([one, other]);
  expect(first).toContain('"outcome":"handed_over"');
  expect(first.trimEnd().endsWith('event: end\ndata: {}')).toBe(true);
  expect(second.split('event: run').length).toBe(first.split('event: run').length);
  expect((await rig.ask('GET', '/api/v1/runs/rnothing/events')).status).toBe(404);
  const grid = await rig.ask('GET', `/api/v1/runs/${runId}/grid`);
  expect(grid.body).toMatchObject({ letters: { scheduled: 'd' }, states: 'ddd' });
});

test('a run that nobody watches any more costs nothing', async () => {
  const runId = await pausedRun();
  let asked = 0;
  const db = new Proxy(rig.ctx.db, {
    get(target, name) {
      if (name === '$queryRaw') asked += 1;
      return Reflect.get(target, name);
    },
  });
  const app = await buildAdmin({ ...rig.ctx, db }, []);
  try {
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const leaving = new AbortController();
    const response = await fetch(`${url}/api/v1/runs/${runId}/events`, { signal: leaving.signal });
    await response.body?.getReader().read();
    const askedInASecond = async () => {
      const before = asked;
      await sleep(1_100);
      return asked - before;
    };
    expect(await askedInASecond()).toBeGreaterThan(0);
    leaving.abort();
    await eventually(askedInASecond, (queries) => queries === 0);
  } finally {
    await app.close();
  }
});

test('scripts and styles are there for everybody, and nothing beside them', async () => {
  for (const file of ['siaran.css', 'page.js', 'run.js', 'grid.js', 'live.js', 'times.js', 'icon.svg'])
    expect([file, (await get(`/assets/${file}`, '')).status]).toEqual([file, 200]);
  for (const path of ['/assets/..%2fserver.js', '/assets/%2e%2e/server.js', '/assets/', '/assets/none.js'])
    expect((await get(path, '')).status).not.toBe(200);
});

test('a run that had nobody says so, and why, on its own page and in the list', async () => {
  const settings = { name: 'For nobody', templateDetailId: 172, columns: ['phone_number'] as const };
  const { runId } = await rig.siaran.broadcast({ ...settings, recipients: [{ phone_number: 'abc' }] });
  await finished(rig.siaran, runId);
  const { text } = await get(`/runs/${runId}`);
  expect(text).toContain('<span class="mark bad">nobody was in it</span>');
  expect(text).toContain('Nobody was messaged');
  expect(text).toMatch(new RegExp(`<a href="/runs/${runId}/rejections">1 row was rejected</a>`));
  // Nothing is to come any more.
  expect(text).not.toMatch(/\byet\b/);
  const { text: list } = await get('/runs');
  const item = list.slice(list.indexOf(`/runs/${runId}`), list.indexOf('</li>', list.indexOf(`/runs/${runId}`)));
  expect(item).toMatch(/nobody was in it.*1 row rejected.*no recipients/s);
});

test('a run that waits for its start says until when', async () => {
  const settings = { name: 'Waiting', templateDetailId: 172, columns: invoiceColumns, handOver: '1h' };
  const startAt = '2028-12-31T02:00:00Z';
  const { runId } = await rig.siaran.broadcast({ ...settings, startAt, recipients: invoices(10, 700_000) });
  await eventually(
    () => rig.siaran.run(runId),
    ({ handOverAt }) => handOverAt !== null,
  );
  const waits = 'waits for <time datetime="2028-12-31T02:00:00.000Z">2028-12-31 02:00:00 UTC</time>';
  expect((await get(`/runs/${runId}`)).text).toContain(`<span class="mark plain">${waits}</span>`);
  expect((await get('/runs')).text).toContain(waits);
});
