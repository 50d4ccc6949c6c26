import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { phoneNumber } from '../../support/rig.js';
import { chunked } from '../../support/runs.js';

let rig: AdminRig;
let runId: string;
let ofUnknown: string;

beforeAll(async () => {
  rig = await startAdminRig();
  await rig.siaran.templates();
  // The columns don't fit the template, which nobody knows yet.
  runId = await chunked(rig, 1_200, { templateDetailId: 7, dailyLimit: 500 });
  await rig.siaran.addTemplate({
    ...{ templateDetailId: 7, name: 'bill', language: 'id', header: { type: 'text', text: 'Tagihan' } },
    ...{ body: 'Halo, *{{1}}* <b>jatuh</b> tempo. Telepon 6281200000009.', footer: 'Abaikan.' },
    buttons: [{ type: 'url', text: 'Bayar', url: 'https://example.com/{{1}}' }],
  });
  ofUnknown = await chunked(rig, 1, { templateDetailId: 8 });
});
afterAll(() => rig.close());

const body = 'Halo, *INV-1100* <b>jatuh</b> tempo. Telepon 6281200000009.';

test('a row of a run is told as its recipient sees it', async () => {
  const { status, body: told } = await rig.ask('GET', `/api/v1/runs/${runId}/preview?row=1101`);
  expect(status).toBe(200);
  expect(told).toEqual({
    ...{ row: 1_101, rows: 1_200, isKnown: true },
    message: {
      ...{ phoneNumber: phoneNumber(1_100), template: 'bill:id', header: 'Tagihan', body, footer: 'Abaikan.' },
      text: `Tagihan\n\n${body}\n\nAbaikan.`,
      buttons: [{ type: 'url', text: 'Bayar', url: 'https://example.com/{{1}}', phoneNumber: null }],
    },
  });
});

test('a row or template that is not there is none', async () => {
  expect((await rig.ask('GET', `/api/v1/runs/${runId}/preview?row=1201`)).body).toMatchObject({
    message: null,
    isKnown: true,
  });
  expect((await rig.ask('GET', `/api/v1/runs/${ofUnknown}/preview`)).body).toMatchObject({
    message: null,
    isKnown: false,
  });
  expect((await rig.ask('GET', `/api/v1/runs/${runId}/preview?line=1`)).status).toBe(400);
  expect((await rig.ask('GET', '/api/v1/runs/rnothing00/preview')).status).toBe(404);
});

test('viewers see no values, analysts no numbers', async () => {
  const path = `/api/v1/runs/${runId}/preview?row=1101`;
  expect(await rig.ask('GET', path, { token: tokens.viewer })).toMatchObject({ status: 403, body: { code: 'ROLE' } });
  const { text, body: told } = await rig.ask('GET', path, { token: tokens.analyst });
  expect(told.message.body).toContain('INV-1100');
  expect(text).not.toContain(phoneNumber(1_100));
  expect(text).not.toContain('6281200000009');
});

test('a recipient can be looked at before anything is enqueued, and leaves nothing behind', async () => {
  const row = { phone_number: '6281234567890', body_variable1: 'Ada', body_variable2: 'Rp 5' };
  const request = { template: 'reminder:en', row };
  const kept = async () => (await rig.ask('GET', '/api/v1/audit')).body.items.length as number;
  const before = await kept();
  const { body: told } = await rig.ask('POST', '/api/v1/templates/preview', { json: request });
  expect(told).toMatchObject({ phoneNumber: '6281234567890', body: 'Hello Ada, your bill of *Rp 5* is due tomorrow.' });
  expect(told).toEqual(await rig.siaran.preview(request));
  const { body_variable2: _, ...short } = row;
  const refused = await rig.ask('POST', '/api/v1/templates/preview', { json: { ...request, row: short } });
  expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('and the list has 1') } });
  expect(await kept()).toBe(before);
});

const page = async (path: string, token: string) =>
  (await rig.ask('GET', path, { token, headers: { accept: 'text/html' } })).text;

test("the run's page shows its first row, and a page of its own any other one", async () => {
  const first = await page(`/runs/${runId}`, tokens.operator);
  expect(first).toContain('What people see</h2>');
  expect(first).toContain('<strong>INV-0</strong> &#60;b&#62;jatuh');
  const other = await page(`/runs/${runId}/preview?row=1101`, tokens.operator);
  expect(other).toContain(phoneNumber(1_100));
  expect(other).toContain('<strong>INV-1100</strong>');
  expect(other).toContain('max="1200" value="1101"');
  expect(await page(`/runs/${runId}/preview?row=1201`, tokens.operator)).toContain('There are 1,200 rows.');
  expect(await page(`/runs/${ofUnknown}`, tokens.operator)).toContain("template isn't known");
});

test('pages show viewers no value, and analysts no number', async () => {
  const path = `/runs/${runId}/preview?row=1101`;
  const [viewers, analysts] = [await page(path, tokens.viewer), await page(path, tokens.analyst)];
  expect(viewers).not.toContain('INV-1100');
  expect(viewers).toContain("Viewers don't see what is written to people.");
  expect(analysts).toContain('INV-1100');
  expect(analysts).not.toContain('6281200000009');
  expect(analysts).not.toContain(phoneNumber(1_100));
});
