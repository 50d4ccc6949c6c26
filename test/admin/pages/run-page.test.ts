import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { eventually, finished, invoiceColumns, invoices } from '../../support/rig.js';
import { openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let get: Visitors['get'];

beforeAll(async () => {
  rig = await startAdminRig();
  ({ get } = await openVisitors(rig));
  await rig.work();
});

afterAll(() => rig.close());

test('a run that went out in one go has a sentence in place of a chart with one bar, and names its template', async () => {
  await rig.siaran.templates();
  const columns = ['phone_number', 'body_variable1', 'body_variable2'];
  const rows = [...invoices(900)].map(({ phone_number }) => ({
    phone_number,
    body_variable1: 'a',
    body_variable2: 'b',
  }));
  const recipients = [...rows, ...rows.slice(0, 1)];
  const { runId } = await rig.siaran.broadcast({ name: 'One go', template: 'reminder:id', columns, recipients });
  await finished(rig.siaran, runId);
  const { text } = await get(`/runs/${runId}`);
  expect(text).toMatch(/<div id="chart" data-live><p><b>900 recipients<\/b> at <time/);
  expect(text).toMatch(/<dt>Template<\/dt><dd>reminder:id <span class="faint">\d+<\/span>/);
  expect(text).toContain('1 duplicate left out');
});

test('a run of a campaign leads to its campaign', async () => {
  await rig.siaran.addCampaign({
    name: 'News / weekly',
    templateDetailId: 172,
    columns: ['phone_number'],
    audience: `sql:SELECT '62812' || n AS phone_number FROM generate_series(10000000, 10000009) n`,
    schedule: '0 9 * * mon',
    timeZone: 'Asia/Jakarta',
  });
  const { runId } = await rig.siaran.fireCampaign('News / weekly');
  await finished(rig.siaran, runId ?? '');
  expect((await get(`/runs/${runId}`)).text).toContain('<a href="/campaigns/News%20%2F%20weekly">News / weekly</a>');
});

test('while its rows are being read a run says so, and not that it is held; its preview comes by itself', async () => {
  const { id } = await rig.siaran.startRun({ name: 'Read', templateDetailId: 172, columns: invoiceColumns });
  const hold = "held_kind = 'preparing', held_reason = 'its audience is being read', held_at = now()";
  await rig.query(`UPDATE runs SET ${hold} WHERE id = $1`, [id]);
  const { text } = await get(`/runs/${id}`);
  expect(text).toContain('<h2>Its rows are being read</h2>');
  expect(text).not.toContain('<span class="mark warn">held</span>');
  expect(text).toContain('<div id="preview" data-live>');
  await rig.query('UPDATE runs SET held_kind = NULL, held_reason = NULL, held_at = NULL WHERE id = $1', [id]);
  await rig.siaran.enqueue(id, invoices(1_000));
  await eventually(
    () => get(`/runs/${id}`),
    (page) => page.text.includes('<div id="preview">'),
  );
});
