import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(executablePath);
if (!hasChromium)
  console.warn(
    `THE PAGES WERE NOT TRIED IN A BROWSER: there is no ${executablePath}; set CHROMIUM to the path of one.`,
  );

export type Opened = { rig: AdminRig; browser: Browser; context: BrowserContext; page: Page };

/** A page of Chromium before an admin of its own: there once it is opened. Without workers nothing moves by itself. */
export function chromiumPage({ withoutWorkers = false } = {}) {
  let opened: Opened;
  const toClose: { close(): Promise<void> }[] = [];
  /** What the browser complained of: errors of scripts, and what the content security policy kept from happening. */
  const complaints: string[] = [];
  const open = async (options: Parameters<typeof startAdminRig>[0] = {}): Promise<Opened> => {
    const rig = await startAdminRig(options);
    toClose.unshift(rig);
    if (!withoutWorkers) await rig.work();
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    toClose.unshift(browser);
    const context = await browser.newContext({ baseURL: rig.url });
    context.on('weberror', (error) => complaints.push(String(error.error())));
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    opened = { rig, browser, context, page };
    return opened;
  };
  const close = async (): Promise<void> => {
    for (const each of toClose) await each.close();
  };
  const textOf = (selector: string) => opened.page.locator(selector).innerText();
  const waitFor = (selector: string, text: string | RegExp) =>
    opened.page.locator(selector).filter({ hasText: text }).first().waitFor();
  /** Begins with the first page that a test opens. */
  const logIn = async (): Promise<void> => {
    const { page } = opened;
    await page.goto('/runs');
    if (!page.url().includes('/login')) return;
    await page.getByLabel('Your password or token').fill(tokens.operator);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL('**/runs');
  };
  return { open, close, complaints, textOf, waitFor, logIn };
}
