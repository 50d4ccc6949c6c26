import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../support/admin.js';

let rig: AdminRig;
let runId: string;

beforeAll(async () => {
  rig = await startAdminRig({ env: { REDIS_URL: 'redis://127.0.0.1:9' } });
  const hello = { templateDetailId: 172, channelId: 534, templateName: 'hello', namespace: 'n', language: 'id' };
  ({ runId } = await rig.siaran.sendMessage({ ...hello, phoneNumber: '6281234567891', wait: '1ms' }));
});
afterAll(() => rig.close());

test.each([
  '/runs',
  '/runs/RUN',
  '/batches/RUN-0001',
  '/campaigns',
  '/suppressions',
  '/recipients',
  '/audit',
  '/health',
])('the page %s is there while Redis is away', async (path) => {
  const { status } = await rig.ask('GET', path.replace('RUN', runId), { headers: { Accept: 'text/html' } });
  expect(status).toBe(200);
});
