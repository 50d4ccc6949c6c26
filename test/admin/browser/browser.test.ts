import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildAdmin } from '../../../src/admin/server.js';
import { type AdminRig, people, tokens } from '../../support/admin.js';
import { eventually, finished, invoiceColumns, invoices } from '../../support/rig.js';
import { chromiumPage, hasChromium } from './chromium-page.js';

(hasChromium ? describe : describe.skip)('in a browser', () => {
  let rig: AdminRig;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const { open, close, complaints, textOf, waitFor, logIn } = chromiumPage();

  beforeAll(async () => {
    ({ rig, browser, context, page } = await open());
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  afterAll(close);

  test('a run fills while one looks; the provider refuses; the reason is seen, and the batch is retried', async () => {
    await logIn();
    const started = { name: 'December invoices', templateDetailId: 172, columns: invoiceColumns };
    const { id } = await rig.siaran.startRun(started);
    await page.goto('/runs');
    await page.getByRole('link', { name: 'December invoices' }).click();
    await waitFor('#standing', 'open, takes recipients');
    rig.sandbox.setFaults([
      { on: 'send', kind: 'http', status: 422, message: 'the template was paused', times: 1, after: 1 },
    ]);
    await rig.siaran.enqueue(id, invoices(2_300));
    await waitFor('#figures', /2,300 enqueued/);
    await waitFor('#failures', 'the template was paused');
    await page.locator('#grid[data-drawn="3"]').waitFor();
    await rig.siaran.seal(id);
    await waitFor('#standing', 'partly refused');
    await waitFor('#chart', /recipients/);
    expect(await textOf('#failures')).toContain('1,000');
    await page.locator('#grid').press('ArrowRight');
    expect(await textOf('#grid-told')).toMatch(/^Batch 2: /);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowDown');
    expect(await textOf('#grid-told')).toMatch(/^Batch 3: /);
    rig.sandbox.setFaults([]);
    await page.getByRole('link', { name: 'Retry failed' }).click();
    expect(await textOf('main')).toContain('1,000 recipients will be uploaded and sent again');
    await page.getByRole('button', { name: 'Yes, retry' }).click();
    await waitFor('.notice', '1,000 recipients in 1 batch go out again.');
    await page.locator('#standing', { hasText: /handed over to Qiscus$/ }).waitFor();
    expect(await page.locator('#failures table').count()).toBe(0);
    expect(await rig.siaran.run(id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 2_300 } });
  });

  test('a page follows its run without being loaded again, and keeps the place of whoever works with keys', async () => {
    await logIn();
    const { id } = await rig.siaran.startRun({ name: 'Keys', templateDetailId: 172, columns: invoiceColumns });
    await page.goto(`/runs/${id}`);
    await page.evaluate('window.untouched = true');
    await page.locator('#do-cancel').focus();
    await rig.siaran.enqueue(id, invoices(1_000));
    await page.locator('#grid[data-drawn="1"]').waitFor();
    await rig.siaran.pause(id);
    await waitFor('#standing', 'paused');
    await page.locator('#do-resume').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('do-cancel');
    expect(await page.evaluate('window.untouched')).toBe(true);
  });

  test('an unknown batch is opened from the grid and resolved', async () => {
    await logIn();
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const request = { name: 'Unknown', templateDetailId: 172, columns: invoiceColumns, recipients: invoices(800) };
    const { runId } = await rig.siaran.broadcast(request);
    await finished(rig.siaran, runId);
    rig.sandbox.setFaults([]);
    await page.goto(`/runs/${runId}`);
    expect(await textOf('#concerns')).toContain('It is not known whether 800 recipients were messaged');
    await page.locator('#grid[data-drawn="1"]').hover({ position: { x: 5, y: 5 } });
    expect(await textOf('#grid-told')).toBe('Batch 1: unknown');
    await page.mouse.move(0, 0);
    await page.locator('#grid').press('End');
    expect(await textOf('#grid-told')).toBe('Batch 1: unknown');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/batches/${runId}-0001`);
    await page.goBack();
    await page.locator('#grid[data-drawn="1"]').waitFor();
    await page.locator('#grid').click({ position: { x: 5, y: 5 } });
    await page.getByRole('link', { name: 'Resolve' }).click();
    expect(await textOf('main')).toContain(`[${runId}-0001.1]`);
    await page.getByLabel('Id of the broadcast job').fill('14529081');
    await page.getByLabel('How you found out').first().fill('in the list of broadcasts');
    await page.getByRole('button', { name: 'It was sent' }).click();
    await waitFor('.notice', 'Recorded as sent.');
    expect(await textOf('.timeline')).toMatch(/Resolved: it was sent[\s\S]*ada[\s\S]*in the list of broadcasts/);
  });

  test('a run is cancelled after a question that says what becomes of whom', async () => {
    await logIn();
    const request = { name: 'Flash sale', templateDetailId: 172, columns: invoiceColumns, handOver: '2h' };
    const { id } = await rig.siaran.startRun({ ...request, startAt: new Date(Date.now() + 86_400_000) });
    await rig.siaran.enqueue(id, invoices(3_000));
    await rig.siaran.seal(id);
    await eventually(
      () => rig.siaran.run(id),
      (run) => run.batches.uploaded === 3,
    );
    await page.goto(`/runs/${id}`);
    await page.getByRole('link', { name: 'Cancel' }).click();
    expect(await textOf('.question')).toContain(
      '3,000 recipients in 3 batches that were not handed over will never be',
    );
    await page.getByRole('link', { name: 'No, go back' }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Yes, cancel' }).click();
    await waitFor('.notice', 'Cancelled. 3,000 recipients in 3 batches will never be sent');
    expect(await rig.siaran.run(id)).toMatchObject({ outcome: 'cancelled' });
  });

  test('a number is searched for, suppressed and taken off again, and no address has it', async () => {
    await logIn();
    const [number = ''] = [...invoices(1, 60_000)].map((row) => row.phone_number);
    await page.goto('/recipients');
    await page.getByLabel('Phone number').fill(number);
    await page.keyboard.press('Enter');
    await waitFor('#found', number);
    await page.getByLabel('Reason').fill('asked by phone');
    await page.getByRole('button', { name: 'Suppress it' }).click();
    await waitFor('.notice', '1 number put on the list.');
    await page.getByLabel('Phone number', { exact: true }).fill(number);
    await page.getByRole('button', { name: 'Look up' }).click();
    await waitFor('#list', number);
    await page.getByRole('button', { name: `Take off ${number}` }).click();
    await waitFor('.question', `Let runs message ${number} again?`);
    expect(page.url()).toBe(`${rig.url}/suppressions/removal`);
    await page.getByRole('button', { name: 'Yes, take it off' }).click();
    await waitFor('.notice', '1 number taken off the list.');
    expect(await rig.siaran.recipient(number)).toMatchObject({ suppressed: false });
  });

  test('without JavaScript everything that is done is done all the same', async () => {
    const plain = await browser.newContext({ baseURL: rig.url, javaScriptEnabled: false });
    const other = await plain.newPage();
    const { id } = await rig.siaran.startRun({ name: 'Plain', templateDetailId: 172, columns: invoiceColumns });
    await rig.siaran.enqueue(id, invoices(400));
    await other.goto(`/runs/${id}`);
    await other.getByLabel('Your password or token').fill(tokens.operator);
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByRole('link', { name: 'Cancel' }).click();
    await other.getByRole('button', { name: 'Yes, cancel' }).click();
    expect(await other.locator('.notice.done').innerText()).toContain('will never be sent');
    expect(await other.locator('time').first().innerText()).toMatch(/UTC$/);
    await plain.close();
    expect(await rig.siaran.run(id)).toMatchObject({ outcome: 'cancelled' });
  });

  test('a page whose server is gone, or that is logged out, says that it is old, until it is not', async () => {
    const aside = await browser.newContext();
    const other = await aside.newPage();
    const { id } = await rig.siaran.startRun({ name: 'Away', templateDetailId: 172, columns: invoiceColumns });
    let app = await buildAdmin(rig.ctx, people);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const port = Number(new URL(url).port);
    const restart = async (known: typeof people) => {
      await app.close();
      app = await buildAdmin(rig.ctx, known);
      await app.listen({ port, host: '127.0.0.1' });
    };
    try {
      await other.goto(`${url}/runs/${id}`);
      await other.getByLabel('Your password or token').fill(tokens.operator);
      await other.getByRole('button', { name: 'Log in' }).click();
      await other.waitForURL(`**/runs/${id}`);
      await app.close();
      await other.getByText('The server can not be reached. What is shown is as of').waitFor();
      await restart(people);
      await other.locator('#stale').waitFor({ state: 'hidden' });
      await restart([]);
      await other.getByText('You are no longer logged in. What is shown is as of').waitFor();
    } finally {
      await aside.close();
      await app.close();
    }
  });

  test('a look at the batches that fails does not stop the page from being brought up to date', async () => {
    await logIn();
    const aside = await browser.newContext({ baseURL: rig.url, storageState: await context.storageState() });
    const other = await aside.newPage();
    const { id } = await rig.siaran.startRun({ name: 'Interrupted', templateDetailId: 172, columns: invoiceColumns });
    try {
      // The first look belongs to the page's start, the second to the first event.
      let looks = 0;
      await other.route('**/grid', (route) => {
        looks += 1;
        return looks === 2 ? route.abort() : route.continue();
      });
      await other.goto(`/runs/${id}`);
      await eventually(
        async () => looks,
        (count) => count >= 2,
      );
      await rig.siaran.enqueue(id, invoices(30));
      await rig.siaran.seal(id);
      await other.locator('#standing').filter({ hasText: 'handed over to Qiscus' }).waitFor();
    } finally {
      await aside.close();
    }
  });
});
