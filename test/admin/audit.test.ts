import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { type AdminRig, startAdminRig } from '../support/admin.js';
import { phoneNumber } from '../support/rig.js';
import { chunked } from '../support/runs.js';
import { openVisitors, type Visitors } from './visitors.js';

let rig: AdminRig;
let visitors: Visitors;
let runId: string;
beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_ACTOR: 'nightly job' } });
  visitors = await openVisitors(rig);
  runId = await chunked(rig, 3);
  await visitors.confirm(`/runs/${runId}/pause`);
  await rig.ask('POST', `/api/v1/runs/${runId}/resume`, { json: {} });
  await rig.siaran.pause(runId);
});
afterAll(() => rig.close());

const texts = (items: { text: string }[]) => items.map(({ text }) => text);
const run = () => `run "December" (${runId}, 3 people)`;

test('a page, the API and the library tell of one another, in the same words', async () => {
  const { body } = await rig.ask('GET', `/api/v1/audit?target=${runId}`);
  expect(texts(body.items)).toEqual([
    `nightly job paused ${run()}`,
    `ada (token) let ${run()} go on`,
    `ada (token) paused ${run()}`,
    `nightly job started ${run()}`,
  ]);
  const page = await rig.ask('GET', `/api/v1/audit?action=pause&limit=1`);
  expect(texts(page.body.items)).toEqual([`nightly job paused ${run()}`]);
  const next = await rig.ask('GET', `/api/v1/audit?action=pause&limit=1&cursor=${page.body.next}`);
  expect(texts(next.body.items)).toEqual([`ada (token) paused ${run()}`]);
  expect(await rig.ask('GET', '/api/v1/audit?action=sing')).toMatchObject({ status: 400 });
});

test('the page is filtered by what stands in its address, and keeps it', async () => {
  const all = (await visitors.get('/audit')).text;
  expect(all).toContain('nightly job started');
  const filtered = (await visitors.get('/audit?actor=ada&action=resume&target=')).text;
  expect(filtered).toContain('go on');
  expect(filtered).not.toContain('nightly job');
  expect(filtered).toContain('<option selected>resume</option>');
  expect(filtered).toContain('/api/v1/audit.csv?actor=ada&#38;action=resume');
  expect((await visitors.get('/audit?actor=nobody')).text).toContain('Nothing like that was done');
});

test('all of it comes as a CSV file', async () => {
  const { text, headers } = await rig.ask('GET', '/api/v1/audit.csv?actor=ada');
  expect(headers.get('content-disposition')).toContain('audit.csv');
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  expect(rows.map(({ action }) => action)).toEqual([
    'POST /api/v1/runs/:runId/resume',
    'POST /runs/:runId/pause',
    'log in',
  ]);
});

test('what was asked for about a number over HTTP is found by the number', async () => {
  const json = { phoneNumbers: [phoneNumber(7)], reason: 'asked by phone' };
  expect(await rig.ask('POST', '/api/v1/suppressions', { json })).toMatchObject({ status: 200 });
  await visitors.post('/suppressions/add', { phoneNumbers: `${phoneNumber(8)}\n+${phoneNumber(7)}`, reason: '' });
  const found: string[] = [];
  for await (const { action } of rig.siaran.audit({ number: phoneNumber(7) })) found.push(action);
  expect(found).toEqual(['POST /suppressions/add', 'POST /api/v1/suppressions']);
});
