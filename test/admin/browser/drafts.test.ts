import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { findDraft } from '../../../src/pipeline/drafts/view-draft.js';
import { spreadsheet } from '../../pipeline/drafts/drafts.js';
import type { AdminRig } from '../../support/admin.js';
import { eventually, finished, phoneNumber } from '../../support/rig.js';
import { chromiumPage, hasChromium } from './chromium-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Where pictures of the pages are put, if somebody wants to look at them. */
const pictures = process.env.SIARAN_PICTURES;

(hasChromium ? describe : describe.skip)('in a browser', () => {
  let rig: AdminRig;
  let page: Page;
  let context: BrowserContext;
  const { open, close, complaints, textOf, waitFor, logIn } = chromiumPage();

  beforeAll(async () => {
    ({ rig, page, context } = await open());
    await rig.siaran.templates();
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  afterAll(close);

  const draftId = () => /\/drafts\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';

  async function begin(name: string, text: string): Promise<void> {
    await page.goto('/drafts');
    await page.getByLabel('Name').fill(name);
    const file = { name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
    await page.getByLabel('List of recipients').setInputFiles(file);
    await page.getByRole('button', { name: 'Begin' }).press('Enter');
  }

  async function choose(): Promise<void> {
    await page.waitForURL('**/template');
    await page.getByRole('radio', { name: /^reminder .*Indonesian/ }).press('Space');
    await page.getByRole('button', { name: 'Take this template' }).press('Enter');
    await page.waitForURL('**/columns');
    await page.getByLabel('{{1}} in the text').selectOption('Nama');
    await page.getByLabel('{{2}} in the text').selectOption('Tagihan');
    await page.getByRole('button', { name: 'Save, and check the list' }).press('Enter');
    await page.waitForURL('**/check');
  }

  test('a broadcast is made from a spreadsheet with heads of its own, with the keyboard, in under a minute', async () => {
    await logIn();
    const from = Date.now();
    await page.getByRole('link', { name: 'New broadcast' }).press('Enter');
    await begin('December reminder', spreadsheet(120, ['nonsense;Nobody;Rp 1']));
    await choose();
    await waitFor('#check', '120 people get the message');
    await waitFor('#check', '"Nomor HP"');
    await page.getByRole('link', { name: 'row 121' }).press('Enter');
    await waitFor('.notice', 'It gets no message: it is rejected: "Nomor HP"');
    await page.getByLabel('Row of 121').fill('7');
    await page.keyboard.press('Enter');
    await waitFor('.bubble', 'Customer 6');
    await page.getByLabel('Test number').fill(phoneNumber(900));
    await page.getByRole('button', { name: 'Send the test' }).press('Enter');
    await waitFor('.notice.done', 'The test to 1 recipient');
    await page.getByRole('link', { name: 'Go on: When' }).press('Enter');
    await page.getByRole('button', { name: 'Save, and go on' }).press('Enter');
    await waitFor('.sentence', '120 people get reminder:id at once, 1 batch; 1 row is left out');
    await page.getByLabel('How many people get it?').fill('120');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/runs/r*');
    expect(Date.now() - from).toBeLessThan(60_000);
    const runId = page.url().split('/').at(-1) ?? '';
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 120 } });
  }, 120_000);

  /** The first request with a list breaks off after a part of it, and so do `more` others at once. @param offsets where each began */
  async function breakOff(text: string, offsets: string[], more = 0): Promise<void> {
    await page.route('**/api/v1/drafts/*/file?*', async (route) => {
      const request = route.request();
      offsets.push(request.headers()['upload-offset'] ?? '');
      if (offsets.length > 1 + more) return route.continue();
      if (offsets.length > 1) return route.abort('connectionreset');
      // A part of it arrives, and then the connection is gone.
      const { origin } = new URL(request.url());
      const cookie = (await context.cookies()).map((one) => `${one.name}=${one.value}`).join('; ');
      const cut = new AbortController();
      const body = new ReadableStream({
        start: (stream) => stream.enqueue(Buffer.from(text).subarray(0, 1_200_000)),
        pull: () => undefined,
      });
      const headers = { ...kept(request.headers()), cookie, origin };
      const init = { method: 'PUT', headers, body, duplex: 'half', signal: cut.signal };
      const sending = fetch(request.url(), init as RequestInit).catch(() => undefined);
      const id = draftIdOf(request.url());
      await eventually(
        () => findDraft(rig.ctx, id),
        ({ source }) => source?.kind === 'file' && source.receivedBytes >= 1_000_000,
      );
      cut.abort();
      await sending;
      return route.abort('connectionreset');
    });
  }

  test('an upload that broke off goes on by itself from where it ended', async () => {
    await logIn();
    const text = spreadsheet(60_000);
    const offsets: string[] = [];
    await breakOff(text, offsets);
    await begin('Broken off', text);
    await page.waitForURL('**/template');
    await page.unroute('**/api/v1/drafts/*/file?*');
    // The browser's own words for a request that failed.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('ERR_CONNECTION_RESET')]);
    expect(offsets[0]).toBe('0');
    expect(Number(offsets[1])).toBeGreaterThanOrEqual(1_000_000);
    expect(await findDraft(rig.ctx, draftId())).toMatchObject({
      source: { isComplete: true, bytes: Buffer.byteLength(text), receivedBytes: Buffer.byteLength(text) },
    });
  }, 120_000);

  test('an upload that broke off goes on after the page was loaded again, with the same file and no other', async () => {
    await logIn();
    const text = spreadsheet(60_000);
    const folder = await mkdtemp(join(tmpdir(), 'siaran-upload-'));
    const path = join(folder, 'customers.csv');
    await writeFile(path, text);
    const offsets: string[] = [];
    await breakOff(text, offsets, 1_000);
    await page.goto('/drafts');
    await page.getByLabel('Name').fill('Loaded again');
    await page.getByLabel('List of recipients').setInputFiles(path);
    await page.getByRole('button', { name: 'Begin' }).press('Enter');
    await waitFor('.progress', 'The connection broke off');
    await page.unroute('**/api/v1/drafts/*/file?*');
    await page.goto(`/drafts/${draftId()}/recipients`);
    await waitFor('main', 'Choose the same file again');
    complaints.length = 0;
    const again: string[] = [];
    await page.route('**/api/v1/drafts/*/file?*', (route) => {
      again.push(route.request().headers()['upload-offset'] ?? '');
      return route.continue();
    });
    await page.getByLabel('List of recipients').setInputFiles(path);
    await page.getByRole('button', { name: 'Upload' }).press('Enter');
    await page.waitForURL('**/template');
    expect(again).toHaveLength(1);
    expect(Number(again[0])).toBeGreaterThanOrEqual(1_000_000);
    expect(await findDraft(rig.ctx, draftId())).toMatchObject({
      source: { isComplete: true, bytes: Buffer.byteLength(text), receivedBytes: Buffer.byteLength(text) },
    });
    await page.unroute('**/api/v1/drafts/*/file?*');
    await rm(folder, { recursive: true });
  }, 120_000);

  test('every page of a draft is accessible and fits, in both themes, whatever words stand in it', async () => {
    await logIn();
    const long = 'Benachrichtigungsempfangsbestätigungsnummernverzeichnispertanggungjawabkannyalah';
    const text = spreadsheet(150, ['nonsense;Nobody;Rp 1', `${phoneNumber(2)};${long};Rp 2`]).replace('Nama', long);
    await begin(`Dezember ${long}`, text);
    const id = draftIdOf(await page.waitForURL('**/template').then(() => page.url()));
    const found: string[] = [];
    await look('template', found);
    await page.getByRole('radio', { name: /^reminder .*Indonesian/ }).check();
    await look('template-chosen', found, false);
    await page.getByRole('button', { name: 'Take this template' }).click();
    await page.waitForURL('**/columns');
    await look('columns', found);
    await page.getByLabel('{{1}} in the text').selectOption(long);
    await page.getByLabel('{{2}} in the text').selectOption('Tagihan');
    await page.getByRole('button', { name: 'Save, and check the list' }).click();
    await waitFor('#check', 'people get the message');
    for (const path of [
      '',
      '/recipients',
      '/columns',
      '/check',
      '/preview',
      '/preview?row=rejected',
      '/timing',
      '/confirm',
      '/discard',
    ]) {
      await page.goto(path === '' ? '/drafts' : `/drafts/${id}${path}`);
      await look(`drafts${path.replace(/\W/g, '-')}`, found);
    }
    expect(found).toEqual([]);
    expect(await textOf('.question')).toContain(long);
  }, 600_000);

  /** Looks at a page as it is, at three widths and in both schemes. */
  async function look(name: string, found: string[], isFull = true): Promise<void> {
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [360, 768, 1_280]) {
        await page.setViewportSize({ width, height: 800 });
        const isTooWide = await page.evaluate<boolean>(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        );
        if (isTooWide) found.push(`${name} is wider than ${width}`);
        if (pictures !== undefined)
          await page.screenshot({ path: `${pictures}/${name}-${width}-${colorScheme}.png`, fullPage: isFull });
      }
      const { violations } = await page.evaluate<AxeResults>(
        `axe.run({ resultTypes: ['violations'], preload: false })`,
      );
      for (const { id, impact, nodes } of violations)
        if (impact === 'serious' || impact === 'critical' || /heading|landmark|region/.test(id))
          found.push(`${name} ${colorScheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
    }
  }
});

function draftIdOf(url: string): string {
  return /\/drafts\/([^/]+)/.exec(url)?.[1] ?? '';
}

/** What of a browser's request another client may say as well. */
function kept(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /^(content-type|upload-offset)$/.test(name)));
}
