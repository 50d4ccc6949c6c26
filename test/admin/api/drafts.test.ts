import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spreadsheet } from '../../pipeline/drafts/drafts.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { finished, phoneNumber } from '../../support/rig.js';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_TEST_NUMBERS: phoneNumber(900) } });
});
afterAll(() => rig.close());

const path = '/api/v1/drafts';
const octets = { 'Content-Type': 'application/octet-stream' };

async function put(id: string, uploadId: string, offset: number, body: string, more = '') {
  const headers = { ...octets, 'Upload-Offset': String(offset) };
  return rig.ask('PUT', `${path}/${id}/file?uploadId=${uploadId}${more}`, { body, headers });
}

test('a broadcast is made over HTTP from an upload in parts to its run, and the audit log tells of it', async () => {
  const text = spreadsheet(120, ['nonsense;Nobody;Rp 1']);
  const { status, body: begun } = await rig.ask('POST', path, { json: { name: 'December' } });
  expect([status, begun]).toEqual([
    201,
    expect.objectContaining({ name: 'December', createdBy: 'ada', version: 1, state: 'open' }),
  ]);
  const { id } = begun;
  const file = { version: 1, fileName: 'customers.csv', bytes: Buffer.byteLength(text) };
  const { uploadId } = (await rig.ask('POST', `${path}/${id}/file`, { json: file })).body.source;
  expect((await put(id, uploadId, 0, text.slice(0, 1_000))).body.source).toMatchObject({
    receivedBytes: 1_000,
    isComplete: false,
  });
  expect(await put(id, uploadId, 0, text)).toMatchObject({
    ...{ status: 409, body: { code: 'CHANGED_MEANWHILE', current: { source: { receivedBytes: 1_000 } } } },
  });
  const { body: whole } = await put(id, uploadId, 1_000, text.slice(1_000));
  expect(whole.source).toMatchObject({ isComplete: true, columns: ['Nomor HP', 'Nama', 'Tagihan'] });
  const template = { template: { template: 'reminder:id' } };
  const { body: chosen } = await rig.ask('PATCH', `${path}/${id}`, { json: { version: whole.version, ...template } });
  expect(chosen.mapping).toMatchObject({ phone_number: 'Nomor HP', body_variable1: null });
  const mapping = { body_variable1: 'Nama', body_variable2: 'Tagihan', customer_name: null };
  const settings = { pace: '50/1h', startAt: '2027-12-01T09:00', timeZone: 'Asia/Jakarta', dailyLimit: 4_000 };
  const { body: mapped } = await rig.ask('PATCH', `${path}/${id}`, {
    json: { version: chosen.version, mapping, settings },
  });
  expect(mapped.settings).toEqual(settings);
  const { body: checked } = await rig.ask('POST', `${path}/${id}/check`, { json: { version: mapped.version } });
  expect(checked).toMatchObject({
    checking: null,
    check: { rows: 121, people: 120, rejected: [{ count: 1, rows: [121] }] },
  });
  expect((await rig.ask('GET', `${path}/${id}/preview?row=2`)).body).toMatchObject({
    message: { phoneNumber: phoneNumber(1), body: 'Halo Customer 1, tagihan *Rp 2.000* jatuh tempo besok.' },
  });
  const csv = await rig.ask('GET', `${path}/${id}/rejected.csv`);
  expect([csv.status, csv.text]).toEqual([200, expect.stringMatching(/121,.*nonsense,Nobody,Rp 1/)]);
  const doubtful = await rig.ask('GET', `${path}/${id}/doubtful.csv`);
  expect([doubtful.status, doubtful.text]).toEqual([200, expect.stringMatching(/row,reason,phone_number/)]);
  expect((await rig.ask('GET', `${path}/${id}/plan`)).body).toMatchObject({
    ...{ people: 120, batches: 3, limitShare: 0.03, leftOut: 1, confirmAbove: 100, faults: [] },
    sentence:
      "120 people get *reminder:id* on Wed 1 Dec 2027 between 09:00 and 11:00 WIB, 3 batches, about 3 % of the day's limit; 1 row is left out",
  });
  const seen = { version: checked.version };
  expect((await rig.ask('POST', `${path}/${id}/confirm`, { json: seen })).body).toMatchObject({
    code: 'USAGE',
    detail: expect.stringContaining('people'),
  });
  const confirmed = await rig.ask('POST', `${path}/${id}/confirm`, { json: { ...seen, people: 120 } });
  expect(confirmed.status).toBe(201);
  expect((await rig.ask('POST', `${path}/${id}/confirm`, { json: { ...seen, people: 120 } })).body).toEqual(
    confirmed.body,
  );
  expect((await rig.ask('GET', `${path}/${id}`)).body).toMatchObject({
    state: 'preparing',
    runId: confirmed.body.runId,
  });
  const { items } = (await rig.ask('GET', '/api/v1/audit?limit=100')).body;
  const told = items
    .map((item: { text: string }) => item.text)
    .filter((line: string) => /draft|make a broadcast/.test(line));
  expect(told).toContain(`ada (token) confirmed draft "${id}" with 120 people`);
  expect(told).toContain('ada (token) began to make a broadcast "December"');
  expect(JSON.stringify(items)).not.toMatch(/Nomor HP|Customer/);
  await rig.siaran.cancel(confirmed.body.runId);
});

test('a row is sent to oneself, as a run of its own', async () => {
  await rig.work();
  const { body: draft } = await rig.ask('POST', path, { json: { name: 'Test' } });
  const text = spreadsheet(3);
  const file = { version: 1, fileName: 'customers.csv' };
  const { uploadId } = (await rig.ask('POST', `${path}/${draft.id}/file`, { json: file })).body.source;
  const { body: whole } = await put(draft.id, uploadId, 0, text, '&isLast=true');
  const change = { version: whole.version, template: { template: 'reminder:id' } };
  await rig.ask('PATCH', `${path}/${draft.id}`, { json: change });
  const sent = await rig.ask('POST', `${path}/${draft.id}/test-send`, { json: { row: 2 } });
  // The mapping that was confirmed before is remembered.
  expect(sent).toMatchObject({
    status: 200,
    body: { phoneNumbers: [phoneNumber(900)], message: { body: /Customer 1/ } },
  });
  await finished(rig.siaran, sent.body.runId);
  expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(1))).toBe(0);
});

test.each([
  ['GET', '?state=open', undefined],
  ['POST', '', { name: 'x', note: 'y' }],
  ['POST', '', {}],
  ['POST', '', { name: '' }],
  ['GET', '?cursor=x', undefined],
])('what is not known or wrong is refused with 400: %s %s %j', async (method, query, json) => {
  expect(await rig.ask(method, `${path}${query}`, json === undefined ? {} : { json })).toMatchObject({
    status: 400,
    body: { code: 'USAGE' },
  });
});

test('drafts are for operators: others see and change nothing of them', async () => {
  const { body: draft } = await rig.ask('POST', path, { json: { name: 'Secret' } });
  const one = `${path}/${draft.id}`;
  for (const token of [tokens.viewer, tokens.analyst])
    for (const [method, asked] of [
      ['GET', path],
      ['POST', path],
      ['GET', one],
      ['PATCH', one],
      ['DELETE', one],
      ['POST', `${one}/file`],
      ['PUT', `${one}/file`],
      ['POST', `${one}/check`],
      ['GET', `${one}/rejected.csv`],
      ['GET', `${one}/doubtful.csv`],
      ['GET', `${one}/preview`],
      ['POST', `${one}/test-send`],
      ['GET', `${one}/plan`],
      ['POST', `${one}/confirm`],
    ] as const)
      expect([method, asked, (await rig.ask(method, asked, { token })).status]).toEqual([method, asked, 403]);
  expect((await rig.ask('DELETE', one)).body).toEqual({ discarded: draft.id });
  expect((await rig.ask('GET', one)).status).toBe(404);
});
