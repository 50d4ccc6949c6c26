import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { invoiceColumns, phoneNumber } from '../../support/rig.js';
import { chunked } from '../../support/runs.js';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_TEST_NUMBERS: phoneNumber(900) } });
});
afterAll(() => rig.close());

const list = { name: 'Reminder', columns: [...invoiceColumns] };
const campaign = { ...list, audience: 'function:everybody', schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta' };
const message = { phoneNumber: phoneNumber(1), variables: ['a'], channelId: 534, templateName: 'reminder' };
const requests: readonly (readonly [method: string, path: string, body: (templateDetailId: number) => object])[] = [
  ['POST', '/runs', (templateDetailId) => ({ ...list, key: 'one', templateDetailId })],
  ['POST', '/campaigns', (templateDetailId) => ({ ...campaign, templateDetailId })],
  [
    'POST',
    '/messages',
    (templateDetailId) => ({ ...message, namespace: 'ns', language: 'id', key: 'm', templateDetailId }),
  ],
  ['PATCH', '/drafts/DRAFT', (templateDetailId) => ({ version: 1, template: { templateDetailId } })],
  ['POST', '/runs/RUN/resend', (templateDetailId) => ({ failed: true, name: 'Again', templateDetailId })],
];

test.each(requests)('%s %s refuses an id of a template that none can have, by its name', async (method, path, body) => {
  const runId = await chunked(rig, 1, { name: `run of ${method} ${path}` });
  const made = await rig.ask('POST', '/api/v1/drafts', { json: { name: 'Draft' } });
  const url = `/api/v1${path.replace('RUN', runId).replace('DRAFT', made.body.id)}`;
  for (const id of [2 ** 31, 1e300, 1.5, 0, -1]) {
    const answer = await rig.ask(method, url, { json: body(id) });
    expect({ id, status: answer.status, code: answer.body.code, detail: answer.body.detail }).toEqual({
      ...{ id, status: 400, code: 'USAGE', detail: expect.stringContaining('templateDetailId is') },
    });
  }
});
