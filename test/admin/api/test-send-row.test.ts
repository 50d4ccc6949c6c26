import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { phoneNumber } from '../../support/rig.js';
import { chunked } from '../../support/runs.js';
import { cookieOf, openVisitors } from '../visitors.js';

let rig: AdminRig;
let runId: string;

beforeAll(async () => {
  rig = await startAdminRig();
  await rig.siaran.addTemplate({ templateDetailId: 9, name: 'note', language: 'id', body: 'Halo, {{1}}.' });
  runId = await chunked(rig, 10, { templateDetailId: 9 });
});
afterAll(() => rig.close());

test('a row of a run goes to oneself, and its customer gets nothing', async () => {
  const [own, path] = [phoneNumber(90_001), `/api/v1/runs/${runId}/test-send`];
  const workers = await rig.work();
  const { status, body: sent } = await rig.ask('POST', path, { json: { row: 3, phoneNumbers: [own] } });
  expect({ status, sent }).toMatchObject({
    status: 200,
    sent: { phoneNumbers: [own], outcome: 'handed_over', message: { phoneNumber: own, body: 'Halo, INV-2.' } },
  });
  const visitors = await openVisitors(rig);
  const cookie = await visitors.logIn(tokens.operator);
  const shown = await visitors.get(`/runs/${runId}/preview?row=4`, cookie);
  expect(shown.text).toContain('Send this message to yourself');
  const answer = await visitors.post(`/runs/${runId}/test-send`, { row: '4', phoneNumber: own }, cookie);
  expect(answer.headers.get('location')).toBe(`/runs/${runId}/preview?row=4`);
  expect(decodeURIComponent(cookieOf(answer, 'siaran_notice'))).toMatch(/The test to 1 recipient .* as run r/);
  expect(rig.sandbox.accepted.deliveriesTo(own)).toBe(2);
  await workers.close();
  const { items } = (await rig.ask('GET', `/api/v1/audit?action=test send&target=${runId}`)).body;
  expect(items.map((item: { text: string }) => item.text)).toEqual([
    expect.stringContaining('sent a row of run '),
    expect.stringContaining('sent a row of run '),
  ]);
});

test('no row of somebody who is to be left alone, and none that is not there, goes out as a test', async () => {
  const path = `/api/v1/runs/${runId}/test-send`;
  const send = async (row: number, token = tokens.operator) =>
    (await rig.ask('POST', path, { token, json: { row, phoneNumbers: [phoneNumber(90_001)] } })).body;
  await rig.siaran.suppress([phoneNumber(7)]);
  expect(await send(8)).toMatchObject({ status: 400, detail: expect.stringContaining('its number is suppressed') });
  expect(await send(11)).toMatchObject({ status: 400, detail: expect.stringContaining('There is no row 11') });
  expect(await send(1, tokens.analyst)).toMatchObject({ status: 403 });
});
