import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { type AdminRig, asOperator, people, startAdminRig } from '../../support/admin.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber } from '../../support/rig.js';
import { answerMessage, individualRun, item, tell } from '../../support/statuses.js';
import { hostile, troubledRun } from '../runs.js';
import { openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let viewer: Visitors['viewer'];
let get: Visitors['get'];
let confirm: Visitors['confirm'];

beforeAll(async () => {
  rig = await startAdminRig();
  ({ viewer, get, confirm } = await openVisitors(rig));
  await rig.work();
});

afterAll(() => rig.close());

test('names, reasons and answers are shown as they are written, and do nothing', async () => {
  const runId = await troubledRun(rig, `Invoices ${hostile}`);
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

test('health tells what each part found, also when a part can not be looked at', async () => {
  const checks = async () => [
    { check: 'Redis', ok: true, detail: 'answers since 2026-12-01T02:00:00.000Z', todo: null },
    { check: 'Postgres', ok: false, detail: `away ${hostile}`, todo: 'Start it.' },
  ];
  const headers = { accept: 'text/html', ...asOperator };
  const app = await buildAdmin(rig.ctx, people, { checks });
  const broken = await buildAdmin(rig.ctx, people, { checks: () => Promise.reject(new Error('no way to look')) });
  try {
    const { body } = await app.inject({ url: '/health', headers });
    expect(body).toMatch(/Postgres.*problem.*Start it\..*Redis.*ok/s);
    // A script writes it as the reader's own clock has it.
    expect(body).toContain('answers since <time datetime="2026-12-01T02:00:00.000Z">');
    expect(body).toMatch(/1 worker alive/);
    expect(body).toMatch(/deliver/);
    expect((await broken.inject({ url: '/health', headers })).body).toContain('no way to look');
  } finally {
    await app.close();
    await broken.close();
  }
});

test('while Postgres is away pages say so, and health shows the rest', async () => {
  const ctx = openContext(parseConfig({ ...rig.env, DATABASE_URL: 'postgres://127.0.0.1:1/none' }));
  const app = await buildAdmin(ctx, people);
  try {
    const headers = { accept: 'text/html', ...asOperator };
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
