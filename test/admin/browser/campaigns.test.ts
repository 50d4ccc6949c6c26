import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import { DateTime } from 'luxon';
import type { Browser, Page } from 'playwright-core';
import { type AdminRig, tokens } from '../../support/admin.js';
import { eventually, finished, phoneNumber } from '../../support/rig.js';
import { chromiumPage, hasChromium } from './chromium-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const query =
  "SELECT '62812' || (10000000 + i) AS phone_number, 'Ada' AS body_variable1, i::text AS body_variable2 FROM generate_series(1, 1200) AS i";

/** Columns as people call them, and rows as they come. */
const ofTheirOwn =
  "SELECT * FROM (VALUES ('6281234567890', 'Ada', 'Rp 5'), ('abc', 'Budi', 'Rp 6'), ('6281234567891', '#N/A', 'Rp 7')) AS t(\\\"Nomor HP\\\", \\\"Nama\\\", \\\"Tagihan\\\")";

/** The so manyth Tuesday from tomorrow on, in Jakarta. */
const tuesdayAt = (nth: number) => {
  const tomorrow = DateTime.now().setZone('Asia/Jakarta').startOf('day').plus({ days: 1 });
  return tomorrow.plus({ days: ((9 - tomorrow.weekday) % 7) + 7 * (nth - 1) });
};
const tuesday = (nth: number) => tuesdayAt(nth).toISODate() ?? '';
const shown = (nth: number) => tuesdayAt(nth).toFormat('ccc d LLL yyyy');

(hasChromium ? describe : describe.skip)('a campaign in a browser', () => {
  let rig: AdminRig;
  let browser: Browser;
  let page: Page;
  let folder: string;
  const { open, close, complaints, textOf, waitFor, logIn } = chromiumPage();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'siaran-campaigns-'));
    const file = join(folder, 'audiences.yaml');
    await writeFile(file, `members: "sql:${query}"\ncustomers: "sql:${ofTheirOwn}"\n`);
    const calendars = join(folder, 'calendars.yaml');
    await writeFile(calendars, `indonesia: [${tuesday(3)} Lebaran]\n`);
    ({ rig, browser, page } = await open({ env: { SIARAN_AUDIENCES_FILE: file, SIARAN_CALENDARS_FILE: calendars } }));
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  afterAll(async () => {
    await close();
    await rm(folder, { recursive: true });
  });

  /** Where pictures of the pages are wanted, in both schemes and three widths. */
  const picture = async (name: string) => {
    const into = process.env.SIARAN_PICTURES;
    if (into === undefined) return;
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 768, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: join(into, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    await page.setViewportSize({ width: 1280, height: 720 });
  };

  /** Fits and is accessible, at three widths and in both schemes. */
  const looksWell = async (name: string) => {
    await page.evaluate(axe);
    const found: unknown[] = [];
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 768, 1_280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
        if (await page.evaluate<boolean>(isTooWide)) found.push(`wider than ${width}`);
        const { violations } = await page.evaluate<AxeResults>('axe.run()');
        found.push(...violations.map(({ id, nodes }) => [width, colorScheme, id, nodes[0]?.html]));
      }
    await picture(name);
    expect(found).toEqual([]);
  };

  test('is created, with its next firings as one types', async () => {
    await logIn();
    await page.goto('/campaigns');
    await page.getByRole('link', { name: 'New campaign' }).click();
    await page.getByLabel('Name').fill('December reminder');
    await page.getByLabel('Template', { exact: true }).selectOption('reminder:id');
    await page.getByLabel('Audience').fill('named:members');
    await page.getByLabel('Times', { exact: true }).fill('09:00');
    await page.getByLabel('weekdays', { exact: true }).check();
    await page.getByLabel('Tue').check();
    await page.getByLabel('Time zone').fill('Asia/Jakarta');
    await waitFor('#foretold', /at 09:00 on Tuesday[\s\S]*Tue \d+ \w+ \d+ 09:00 WIB/);
    expect(await page.locator('#foretold li').count()).toBe(5);
    await page.getByLabel('Daily limit').fill('50000');
    await picture('new');
    await page.getByRole('button', { name: 'Look at it before it starts' }).click();
    expect(await textOf('.question')).toMatch(/Start campaign December reminder\?[\s\S]*reminder:id \(1921\)/);
    await picture('new-question');
    await page.getByRole('button', { name: 'Yes, start it' }).click();
    await waitFor('.notice', 'Started.');
    expect(await rig.siaran.campaign('December reminder')).toMatchObject({
      ...{ schedule: '0 9 * * tue', audience: 'named:members', templateDetailId: 1921, changedBy: 'ada' },
      columns: ['phone_number', 'body_variable1', 'body_variable2'],
    });
  });

  test('is helped with the columns of an audience that has others, and shows whom they reach', async () => {
    await logIn();
    await page.goto('/new-campaign');
    await page.getByLabel('Name').first().fill('Dues of customers');
    await page.getByLabel('Template', { exact: true }).selectOption('reminder:id');
    await page.getByLabel('Audience').fill('named:customers');
    await page.getByRole('button', { name: 'Look at the audience' }).press('Enter');
    await waitFor('.missing', 'Say which column of the audience is for: {{1}} in the text');
    await looksWell('look-missing');
    await page.getByLabel('{{1}} in the text').selectOption('Nama');
    await page.getByLabel('{{2}} in the text').selectOption('Tagihan');
    await page.getByRole('button', { name: 'Look again' }).press('Enter');
    await waitFor('main', '2 people would get the message');
    expect(await textOf('.bubble')).toContain('Halo Ada');
    await page.getByLabel('Row to look at').fill('3');
    await page.getByRole('button', { name: 'Look again' }).press('Enter');
    await waitFor('.bubble', '#N/A');
    await looksWell('look');
    await page.getByLabel('Test number').fill(phoneNumber(900));
    await page.getByRole('button', { name: 'Send the test' }).press('Enter');
    await waitFor('.notice.done', 'The test to 1 recipient');
    expect(await page.getByLabel('{{1}} in the text').inputValue()).toBe('Nama');
    await page.getByLabel('Times', { exact: true }).fill('09:00');
    await page.getByLabel('Time zone').fill('Asia/Jakarta');
    await page.getByRole('button', { name: 'Look at it before it starts' }).click();
    expect(await textOf('.question')).toContain('Nomor HP');
    await page.getByRole('button', { name: 'Yes, start it' }).click();
    await waitFor('.notice', 'Started.');
    expect((await rig.siaran.campaign('Dues of customers')).map).toMatchObject({ Nama: 'body_variable1' });
    await rig.siaran.removeCampaign('Dues of customers');
  });

  test('has another hour', async () => {
    await logIn();
    await page.goto('/campaigns');
    await page.getByRole('link', { name: 'December reminder' }).click();
    await page.getByRole('link', { name: 'Change' }).click();
    await page.getByLabel('Times', { exact: true }).fill('10:30');
    await waitFor('#foretold', /10:30 WIB/);
    await picture('edit');
    await page.getByRole('button', { name: 'Look at what will change' }).click();
    expect(await textOf('.question')).toMatch(/at 09:00 on Tuesday\s+at 10:30 on Tuesday/);
    await picture('edit-question');
    await page.getByRole('button', { name: 'No, change more' }).click();
    expect(await page.getByLabel('Times', { exact: true }).inputValue()).toBe('10:30');
    await page.getByRole('button', { name: 'Look at what will change' }).click();
    await page.getByRole('button', { name: 'Yes, save it' }).click();
    await waitFor('.notice', 'Saved as version 2.');
    expect(await rig.siaran.campaign('December reminder')).toMatchObject({ schedule: '30 10 * * tue', version: 2 });
    await page.getByRole('link', { name: 'all versions' }).click();
    await waitFor('main', /Fires: at 09:00 on Tuesday → at 10:30 on Tuesday/);
    await picture('versions');
  });

  test('skips a date and the holidays of a calendar, which stand among its next firings', async () => {
    await logIn();
    await page.goto('/campaigns/December%20reminder/edit');
    await page.getByLabel('Dates to skip').fill(tuesday(2));
    await waitFor('#foretold', new RegExp(`${shown(2)} 10:30 WIB\\s+skipped\\s+the campaign skips this date`));
    await page.getByLabel('Calendar to skip').selectOption('indonesia');
    await waitFor('#foretold', new RegExp(`${shown(3)} 10:30 WIB\\s+skipped\\s+Lebaran, calendar indonesia`));
    expect(await page.locator('#foretold li:not(.skipped)').count()).toBe(5);
    expect(await textOf('#foretold .notice')).toContain('Calendar indonesia ends on');
    await picture('skips');
    await page.getByLabel('once', { exact: true }).check();
    expect(await page.getByLabel('Dates to skip').isVisible()).toBe(false);
    await page.getByLabel('days and times', { exact: true }).check();
    await page.getByRole('button', { name: 'Look at what will change' }).click();
    expect(await textOf('.question')).toContain('Lebaran, calendar indonesia');
    await picture('skips-question');
    await page.getByRole('button', { name: 'Yes, save it' }).click();
    await waitFor('.notice', 'Saved as version 3.');
    await waitFor('main', new RegExp(`${shown(3)} 10:30 WIB\\s+skipped\\s+Lebaran, calendar indonesia`));
    await picture('skips-campaign');
    expect(await rig.siaran.campaign('December reminder')).toMatchObject({
      ...{ skipDates: [tuesday(2)], calendar: 'indonesia', version: 3 },
    });
  });

  test('says how December did, firing by firing', async () => {
    await logIn();
    for (const _ of [1, 2]) {
      const { runId } = await rig.siaran.fireCampaign('December reminder');
      await eventually(
        () => rig.siaran.campaign('December reminder'),
        ({ firings }) => firings.find((firing) => firing.runId === runId)?.status === 'prepared',
      );
      await finished(rig.siaran, runId);
    }
    await page.goto('/campaigns');
    await page.getByRole('link', { name: 'December reminder' }).click();
    const rows = page.getByRole('table', { name: 'Firings side by side' }).locator('tbody tr');
    expect(await rows.count()).toBe(2);
    expect(await rows.first().innerText()).toContain('1,200');
    expect(await textOf('main')).toContain('2,400');
    await picture('results');
  });

  test('is changed without JavaScript, where a button shows the next firings', async () => {
    const plain = await browser.newContext({ baseURL: rig.url, javaScriptEnabled: false });
    const other = await plain.newPage();
    await other.goto('/campaigns/December%20reminder/edit');
    await other.getByLabel('Your password or token').fill(tokens.operator);
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByLabel('Times', { exact: true }).fill('11:00');
    await other.getByRole('button', { name: 'Show the next firings' }).click();
    expect(await other.locator('#foretold li').first().innerText()).toMatch(/11:00 WIB$/);
    await other.getByRole('button', { name: 'Look at what will change' }).click();
    await other.getByRole('button', { name: 'Yes, save it' }).click();
    expect(await other.locator('.notice.done').innerText()).toContain('Saved as version 4.');
    await plain.close();
  });
});
