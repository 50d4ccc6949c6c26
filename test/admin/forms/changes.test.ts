import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { eventually } from '../../support/rig.js';
import { pausedRun, troubledRun } from '../runs.js';
import { cookieOf, openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let operator: Visitors['operator'];
let viewer: Visitors['viewer'];
let get: Visitors['get'];
let post: Visitors['post'];
let confirm: Visitors['confirm'];

beforeAll(async () => {
  rig = await startAdminRig();
  ({ operator, viewer, get, post, confirm } = await openVisitors(rig));
  await rig.work();
});

afterAll(() => rig.close());

test('a run is paused, resumed and cancelled by its pages, each after a question with the figures', async () => {
  const runId = await pausedRun(rig);
  const resume = await get(`/runs/${runId}/resume`);
  expect(resume.text).toMatch(/Resume &#34;Paused&#34; \(r\w+\)\? .*recipients.* may then be sent/);
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
  expect(cancel.text).toContain(`Cancel &#34;Paused&#34; (${runId})?`);
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
  const runId = await troubledRun(rig, 'Unknown');
  const [batch] = await rig.siaran.batches(runId, { status: 'unknown' });
  const path = `/batches/${batch?.id}/resolve`;
  const page = await get(path);
  expect(page.text).toContain(`[${batch?.id}.1]`);
  expect(page.text).toContain('go out again to 1,000 recipients');
  expect(page.text).toContain(`of &#34;Unknown&#34; (${runId})`);
  // Each child of such a label would be a column of its own.
  expect(page.text).toMatch(/<label class="check"><input type="checkbox"[^>]*> <span>Do it.*<\/span><\/label>/s);
  expect((await confirm(path, { found: 'sent', job: 'none' })).status).toBe(400);
  expect((await confirm(path, { found: 'not-sent' })).text).toContain('may still be working');
  const old = await confirm(path, { found: 'sent', job: '7', ifState: 'another' });
  expect(old).toMatchObject({ status: 409, text: expect.stringContaining('has changed since you looked') });
  expect((await confirm(path, { found: 'sent', job: '5982898499', reason: 'in the list' })).status).toBe(303);
  const resolved = await get(`/batches/${batch?.id}`);
  expect(resolved.text).toContain('in the list');
  // A job's id is as long as a number, and is none.
  const { body } = await rig.ask('GET', `/api/v1/audit?target=${batch?.id}`);
  expect(body.items[0].text).toContain('broadcast job 5982898499');
  expect(await post(path, { found: 'sent', job: '7', ifState: 'another' })).toMatchObject({ status: 409 });
});

test('a batch that callbacks tell of says so, and is sent again only when its size is typed', async () => {
  const runId = await troubledRun(rig, 'Reported');
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
  const runId = await troubledRun(rig, 'Looked at');
  const [failed] = await rig.siaran.batches(runId, { status: 'failed' });
  const paths = ['/runs', `/runs/${runId}`, `/batches/${failed?.id}`, '/campaigns', '/audit', '/health'];
  for (const path of paths) {
    const { status, text } = await get(path, viewer);
    expect(status).toBe(200);
    const buttons = [...text.matchAll(/<button[^>]*>([^<]*)/g)].map(([, name]) => name);
    expect(buttons.filter((name) => name !== 'Show')).toEqual(['Log out']);
    expect(text).not.toMatch(/href="[^"]+\/(retry|resolve|pause|cancel|seal|resume|fire|audience)"/);
    expect(text).not.toMatch(/\b62812\d{8}\b/);
  }
  expect((await get('/campaigns/Newsletter')).text).toContain('generate_series');
  expect((await get('/campaigns/Newsletter', viewer)).text).not.toContain('generate_series');
  for (const path of [`/runs/${runId}/retry`, `/batches/${failed?.id}/retry`, '/health/resume']) {
    expect(await get(path, viewer)).toMatchObject({ status: 403, text: expect.stringContaining('is a viewer') });
    expect(await post(path, {}, viewer)).toMatchObject({ status: 403 });
  }
  expect(await rig.siaran.batches(runId, { status: 'failed' })).toHaveLength(1);
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
