import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../support/admin.js';
import { invoiceColumns, invoices } from '../support/rig.js';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
  const { id } = await rig.siaran.startRun({ name: 'waits', templateDetailId: 172, columns: invoiceColumns });
  await rig.siaran.enqueue(id, invoices(10));
});

afterAll(() => rig.close());

const paths = ['/queues', '/queues/', '/queues/queue/deliver', '/queues/api/queues', '/queues/static/images/logo.svg'];

test('the queues are for those who have access', async () => {
  for (const path of paths) {
    expect(await rig.ask('GET', path, { token: null })).toMatchObject({ status: 401 });
    expect(await rig.ask('GET', path, { token: tokens.viewer })).toMatchObject({ status: 200 });
  }
  const { body } = await rig.ask('GET', '/queues/api/queues', { token: tokens.viewer });
  expect(body.queues.map((queue: { name: string; readOnlyMode: boolean }) => [queue.name, queue.readOnlyMode])).toEqual(
    [
      ['chunk', true],
      ['deliver', true],
    ],
  );
});

test('whoever may stop everything can do so from there, too', async () => {
  for (const path of ['/queues', '/queues/queue/deliver']) {
    expect((await rig.ask('GET', path)).text).toContain('<a class="button stop" href="/stop">Stop everything</a>');
    expect((await rig.ask('GET', path, { token: tokens.viewer })).text).not.toContain('href="/stop"');
  }
});

test('nobody can change anything there, an operator neither', async () => {
  const changes = [
    ['PUT', '/queues/api/queues/pause'],
    ['PUT', '/queues/api/queues/chunk/empty'],
    ['PUT', '/queues/api/queues/chunk/obliterate'],
    ['POST', '/queues/api/queues/chunk/add'],
    ['DELETE', '/queues/api/job-schedulers/chunk/campaigns'],
    ['PATCH', '/queues/api/queues/chunk/x/update-data'],
  ] as const;
  for (const [method, path] of changes) {
    const answer = await rig.ask(method, path);
    expect([method, path, [404, 405].includes(answer.status)]).toEqual([method, path, true]);
    expect((await rig.ask(method, path, { token: tokens.viewer })).status).not.toBe(200);
  }
  expect(await rig.ask('PUT', '/queues/api/queues/pause')).toMatchObject({ status: 405, body: { code: 'READ_ONLY' } });
  expect(await rig.ctx.hints.depths()).toContainEqual({ queue: 'chunk', state: 'waiting', jobs: 1 });
});

const chromium = '/usr/bin/chromium';

(existsSync(chromium) ? test : test.skip)(
  'the page works within a policy that lets in nothing from elsewhere',
  async () => {
    const { chromium: browserType } = await import('playwright-core');
    const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox'] });
    try {
      const context = await browser.newContext({ extraHTTPHeaders: { Authorization: `Bearer ${tokens.viewer}` } });
      const page = await context.newPage();
      const complaints: string[] = [];
      const elsewhere: string[] = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => !request.url().startsWith(rig.url) && elsewhere.push(request.url()));
      const answer = await page.goto(`${rig.url}/queues/queue/chunk`);
      expect(answer?.headers()['content-security-policy']).not.toMatch(/unsafe|https?:/);
      await page.getByText('chunk').first().waitFor();
      await page.goto(`${rig.url}/queues`);
      await page.getByText('deliver').first().waitFor();
      expect(elsewhere).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);
