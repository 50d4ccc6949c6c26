import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { fromBase32, totpCode } from '../../../src/domain/people/totp.js';
import { type AdminRig, tokens } from '../../support/admin.js';
import { finished, invoiceColumns, invoices } from '../../support/rig.js';
import { chromiumPage, hasChromium } from './chromium-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

(hasChromium ? describe : describe.skip)('in a browser', () => {
  let rig: AdminRig;
  let context: BrowserContext;
  let page: Page;
  const { open, close, complaints, waitFor, logIn } = chromiumPage();

  beforeAll(async () => {
    ({ rig, context, page } = await open());
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  afterAll(close);

  test('ten thousand batches are drawn in a moment', async () => {
    await logIn();
    const id = await runOfTenThousand(rig);
    const from = Date.now();
    await page.goto(`/runs/${id}`);
    await page.locator('#grid[data-drawn="10000"]').waitFor();
    // A second where nothing else goes on.
    expect(Date.now() - from).toBeLessThan(4_000);
    await page.setViewportSize({ width: 360, height: 800 });
    await page.waitForFunction(`document.querySelector('canvas').clientWidth < 360`);
    expect(await isTooWide()).toBe(false);
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  test('every page is accessible and fits, in both themes', async () => {
    await logIn();
    const [run] = await rig.siaran.runs(1);
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: 'no', times: 1 }]);
    const request = { templateDetailId: 172, columns: invoiceColumns };
    const { runId } = await rig.siaran.broadcast({ ...request, name: 'Failed', recipients: invoices(900) });
    await finished(rig.siaran, runId);
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
    const unknown = await rig.siaran.broadcast({ ...request, name: 'Unknown', recipients: invoices(900) });
    await finished(rig.siaran, unknown.runId);
    rig.sandbox.setFaults([]);
    await rig.siaran.addCampaign({
      name: 'Newsletter',
      templateDetailId: 172,
      columns: ['phone_number'],
      audience: `sql:SELECT '62812' || n AS phone_number FROM generate_series(10000000, 10000099) n`,
      schedule: '0 9 * * mon',
      timeZone: 'Asia/Jakarta',
    });
    await rig.query(`INSERT INTO holds (account, kind, reason) SELECT name, 'unknowns', 'three' FROM accounts LIMIT 1`);
    const paths = ['/runs', `/runs/${run?.id}`, `/runs/${run?.id}/cancel`, `/runs/${runId}`, `/runs/${runId}/retry`];
    paths.push(`/runs/${runId}/rejections`, `/runs/${runId}/verification`);
    await rig.siaran.stopAll({ account: 'default' });
    paths.push('/status', '/stop', '/go');
    paths.push(`/batches/${runId}-0001`, `/batches/${unknown.runId}-0001`, `/batches/${unknown.runId}-0001/resolve`);
    paths.push('/campaigns', '/campaigns/Newsletter', '/campaigns/Newsletter/audience', '/campaigns/Newsletter/fire');
    paths.push('/new-campaign', ...['edit', 'versions', 'remove'].map((page) => `/campaigns/Newsletter/${page}`));
    paths.push('/audit', '/health', '/health/resume');
    const found: string[] = [];
    const look = async (path: string) => {
      await page.goto(path);
      await lookAt(path);
    };
    const lookAt = async (path: string) => {
      await page.evaluate(axe);
      for (const [colorScheme, width] of [
        ['light', 360],
        ['dark', 1600],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        if (await isTooWide()) found.push(`${path} is wider than ${width}`);
        found.push(...(await faultsOf(page)).map((fault) => `${path} ${colorScheme}: ${fault}`));
      }
    };
    for (const path of paths) await look(path);
    const [number = ''] = [...invoices(1)].map((row) => row.phone_number);
    for (const isSuppressed of [false, true]) {
      if (isSuppressed) await rig.siaran.suppress([number]);
      for (const path of ['/recipients', '/suppressions']) {
        await page.goto(path);
        await page.getByLabel('Phone number', { exact: true }).fill(number);
        await page.keyboard.press('Enter');
        await waitFor('#found, #list', number);
        await lookAt(`${path}, ${isSuppressed ? '' : 'not '}suppressed`);
      }
    }
    await page.getByRole('button', { name: /^Take off/ }).click();
    await waitFor('.question', number);
    await lookAt('/suppressions/removal');
    await page.goto('/suppressions');
    await page.getByLabel('Phone numbers').fill('12');
    await page.getByLabel('Reason').fill('none');
    await page.getByRole('button', { name: 'Put on the list' }).click();
    await page.locator('#add-fault').waitFor();
    await lookAt('/suppressions/add');
    // The browser's own word for an answer that refuses.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('status of 400')]);
    await context.clearCookies();
    await look('/login');
    await page.getByLabel('Your password or token').fill(tokens.owner);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/runs');
    await look('/users');
    await page.getByLabel('Name').fill('wira');
    await page.keyboard.press('Enter');
    await page.getByLabel('The link').waitFor();
    await lookAt('/users, a link');
    const link = await page.getByLabel('The link').inputValue();
    await page.goto('/users/wira');
    await page.getByLabel('Program').fill('crm');
    await page.getByRole('button', { name: 'Make a token' }).press('Enter');
    await page.getByLabel('The token').waitFor();
    await lookAt('/users/wira/tokens, a token');
    for (const path of ['/users/wira', '/users/wira/revoke', link]) await look(path);
    const password = 'nobody guesses these words';
    await page.getByLabel('A password').fill(password);
    await page.getByLabel('The same again').fill(password);
    await page.keyboard.press('Enter');
    await waitFor('h1', 'Your password is set');
    await lookAt('/invitation, set');
    await context.clearCookies();
    await page.goto('/login?next=/account');
    await page.getByLabel('Your name').fill('wira');
    await page.getByLabel('Your password or token').fill(password);
    await page.keyboard.press('Enter');
    await waitFor('h1', 'Your account');
    await lookAt('/account');
    await page.getByLabel('Your password').fill(password);
    await page.keyboard.press('Enter');
    const secret = page.getByLabel('The secret', { exact: true });
    await secret.waitFor();
    await lookAt('/account/totp');
    const key = fromBase32(await secret.inputValue());
    await page.getByLabel('The code that it shows').fill(totpCode(key, Math.floor(Date.now() / 30_000)));
    await page.keyboard.press('Enter');
    await waitFor('h1', 'Recovery codes');
    await lookAt('/account/totp/confirm');
    await look('/account');
    expect(found).toEqual([]);
  }, 240_000);

  function isTooWide(): Promise<boolean> {
    return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  }
});

/** What axe finds that is serious, and what is no wonder where headings and landmarks are concerned. */
async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'], preload: false })`);
  return violations
    .filter(({ impact, id }) => impact === 'serious' || impact === 'critical' || /heading|landmark|region/.test(id))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

async function runOfTenThousand(rig: AdminRig): Promise<string> {
  const { id } = await rig.siaran.startRun({ name: 'Ten million', templateDetailId: 1, columns: invoiceColumns });
  await rig.siaran.pause(id);
  await rig.query(
    `INSERT INTO batches (id, run_id, account, number, size, status, closed_at, scheduled_at, error, broadcast_file_id, broadcast_job_id)
     SELECT $1 || '-' || lpad(n::text, greatest(4, length(n::text)), '0'), $1, account, n, 1000,
       CASE WHEN n % 97 = 0 THEN 'failed' WHEN n < 6000 THEN 'scheduled' ELSE 'pending' END, now(),
       CASE WHEN n < 6000 THEN now() - interval '3 hours' + n * interval '1 second' END,
       CASE WHEN n % 97 = 0 THEN 'reason ' || n % 30 END,
       CASE WHEN n < 6000 THEN n END, CASE WHEN n < 6000 THEN n END
     FROM runs, generate_series(1, 10000) n WHERE runs.id = $1`,
    [id],
  );
  return id;
}
