import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { insertAccounts } from '../../../src/store/accounts.js';
import { weekly } from '../../pipeline/campaigns/weekly.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { chunked, deliver, messageTemplate } from '../../support/runs.js';
import { openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let visitors: Visitors;
beforeAll(async () => {
  rig = await startAdminRig();
  visitors = await openVisitors(rig);
  await rig.ctx.heartbeats.beat('test', ['default']);
});
afterAll(() => rig.close());

test('the first page begins with what needs a person, and every page counts it, in its title and in the navigation', async () => {
  const calm = await visitors.get('/runs');
  expect(calm.text).toContain('Nothing needs you.');
  expect(calm.text).toContain('<title>Runs · Siaran</title>');
  rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: 'no such template', times: 1 }]);
  const runId = await chunked(rig, 8, { name: 'Reminders <b>' });
  await deliver(rig, runId, 1);
  const { text } = await visitors.get('/runs');
  expect(text).toMatch(/<h1>Runs<\/h1>\s*<section[^>]*><h2[^>]*>What needs you<\/h2>/);
  expect(text).toContain('8 recipients of &#34;Reminders &#60;b&#62;&#34;');
  expect(text).toContain(`href="/runs/${runId}/retry"`);
  for (const path of ['/runs', '/status', '/campaigns', '/audit', '/health', `/runs/${runId}`]) {
    const page = await visitors.get(path);
    expect(page.text).toMatch(/<title>\(1\) .* · Siaran<\/title>/);
    expect(page.text).toContain('<span class="needs">1</span>');
    expect(page.text).toContain('<a class="button stop" href="/stop">Stop everything</a>');
  }
  const seen = await visitors.get('/status', visitors.viewer);
  expect(seen.text).toContain(`<a class="button" href="/runs/${runId}"`);
  expect(seen.text).not.toContain('href="/stop"');
  await rig.siaran.cancel(runId);
});

test('single messages that are held lead to their list, for viewers as well', async () => {
  const send = async (phoneNumber: string) => {
    const { runId } = await rig.siaran.sendMessage({ ...messageTemplate, phoneNumber, wait: '0s' });
    await rig.query("UPDATE runs SET held_kind = 'template', held_reason = 'rejected', held_at = now() WHERE id = $1", [
      runId,
    ]);
    return runId;
  };
  const messages = [await send('6281300000101'), await send('6281300000102')];
  for (const visitor of [undefined, visitors.viewer]) {
    const { text } = await visitors.get('/status', visitor);
    expect(text).toContain(
      'The template of single messages of account default doesn&#39;t get through; 2 recipients wait',
    );
    expect(text).toContain('href="/runs?kind=message&#38;state=held&#38;account=default"');
  }
  for (const runId of messages) await rig.siaran.cancel(runId);
});

test('everything is stopped by two clicks, which every page tells, and is let go again', async () => {
  const runId = await chunked(rig, 6);
  const asked = await visitors.get('/stop');
  expect(asked.text).toContain('1 run and 0 campaigns: 6 recipients in 1 batch wait.');
  expect(await visitors.get('/stop', visitors.viewer)).toMatchObject({ status: 403 });
  const stopped = await visitors.confirm('/stop');
  expect(stopped).toMatchObject({ status: 303 });
  expect(stopped.headers.get('location')).toBe('/status');
  expect(await rig.siaran.stops()).toMatchObject([{ account: null, stoppedBy: 'ada' }]);
  const page = await visitors.get('/campaigns');
  expect(page.text).toContain('<strong>Everything is stopped</strong> by ada');
  expect(page.text).not.toContain('href="/stop"');
  expect((await visitors.get('/campaigns', visitors.viewer)).text).not.toContain('href="/go"');
  expect((await visitors.get(`/runs/${runId}`)).text).toContain('<a href="/go">let everything go on</a>');
  expect((await visitors.get('/go')).text).toContain('6 recipients may then be sent');
  await visitors.confirm('/go');
  expect(await rig.siaran.stops()).toEqual([]);
  await rig.siaran.cancel(runId);
});

test('where there are several accounts one of them is stopped alone', async () => {
  await insertAccounts(rig.ctx.db, new Map([['acme', { portfolio: 'acme' }]]));
  expect((await visitors.get('/stop')).text).toContain('<option value="acme">Only account acme</option>');
  await visitors.confirm('/stop', { account: 'acme' });
  const { text } = await visitors.get('/runs');
  expect(text).toContain('<strong>Account acme is stopped</strong>');
  expect(text).toContain('href="/stop"');
  await visitors.confirm('/go');
  expect(await rig.siaran.stops()).toEqual([]);
});

test('a page that tells of an error tells what needs a person and what is stopped, as any other', async () => {
  const runId = await chunked(rig, 3);
  await visitors.confirm('/stop');
  const missing = await visitors.get('/campaigns/nobody');
  expect([missing.status, missing.text]).toEqual([404, expect.stringMatching(/<title>\(\d+\) Not found · Siaran/)]);
  expect(missing.text).toContain('<strong>Everything is stopped</strong> by ada');
  await visitors.confirm('/go');
  expect((await visitors.get('/campaigns/nobody')).text).toContain('href="/stop"');
  await rig.siaran.cancel(runId);
});

test('the page of a campaign names its template, and says why it fails although a holiday came after', async () => {
  const runId = await chunked(rig, 1);
  await rig.siaran.addCampaign({ ...weekly, name: 'Named' });
  await rig.query(
    `INSERT INTO templates (account, template_detail_id, name, language, approval, columns, buttons, source, told_at)
     VALUES ('default', 172, 'reminder', 'id', 'approved', '{phone_number}', '[]', 'added', now())`,
  );
  await rig.query(
    `INSERT INTO firings (campaign_id, at, name, version, status, run_id, reason)
     SELECT id, now() - interval '2 days', name, 1, 'failed', $1, 'the query failed' FROM campaigns UNION ALL
     SELECT id, now() - interval '1 day', name, 1, 'skipped', NULL, 'New Year' FROM campaigns`,
    [runId],
  );
  const { text } = await visitors.get('/campaigns/Named');
  expect(text).toContain('reminder:id <span class="faint">172</span>');
  expect(text).toContain('<span class="mark bad">failing</span>');
  expect(text).toMatch(
    /Its latest firing failed<\/h2><p class="words">.*: the query failed\. Nobody was messaged by it/,
  );
  expect((await visitors.get('/campaigns')).text).toContain('<span class="mark bad">failing</span>');
  await rig.siaran.removeCampaign('Named', { cancelRuns: true });
});
