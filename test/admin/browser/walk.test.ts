import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { AdminRig } from '../../support/admin.js';
import { chunked, deliver } from '../../support/runs.js';
import { inviteUser } from '../invite-user.js';
import { chromiumPage, hasChromium } from './chromium-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

(hasChromium ? describe : describe.skip)('somebody who has only seen the pages', () => {
  let rig: AdminRig;
  let page: Page;
  const { open, close, complaints, textOf, waitFor, logIn } = chromiumPage({ withoutWorkers: true });

  beforeAll(async () => {
    ({ rig, page } = await open());
    await rig.ctx.heartbeats.beat('test', ['default']);
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  afterAll(close);

  test('finds among 500 runs the one that needs them on the first page, with its one action', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: 'no such template', times: 1 }]);
    const runId = await chunked(rig, 9, { name: 'Needle' });
    await deliver(rig, runId, 1);
    rig.sandbox.setFaults([]);
    await rig.query(
      `INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at, finished_at)
       SELECT 'rwalk' || n, 'Hay ' || n, account, template_detail_id, columns, separator, delivery, at, at, at, at
       FROM runs, generate_series(1, 500) AS n CROSS JOIN LATERAL (SELECT now() + n * interval '1 second' AS at) AS t WHERE runs.id = $1`,
      [runId],
    );
    await logIn();
    expect(await page.title()).toContain('(1)');
    expect(await page.locator('#runs a', { hasText: 'Needle' }).count()).toBe(0);
    expect(await textOf('#attention')).toContain('9 recipients of "Needle"');
    const [box, height] = [await page.locator('#attention').boundingBox(), page.viewportSize()?.height ?? 0];
    expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThan(height);
    await page
      .locator('#attention')
      .getByRole('link', { name: /^Retry/ })
      .click();
    expect(await textOf('main')).toContain('9 recipients');
    await rig.siaran.cancel(runId);
  });

  test('stops everything in two clicks', async () => {
    const runId = await chunked(rig, 5, { name: 'On its way' });
    await page.goto('/runs');
    await page.getByRole('link', { name: 'Stop everything' }).click();
    await page.getByRole('button', { name: 'Yes, stop everything' }).click();
    await waitFor('.notice', 'Everything is stopped. 1 run');
    expect(await rig.siaran.stops()).toMatchObject([{ account: null, stoppedBy: 'ada' }]);
    await rig.siaran.go();
    await rig.siaran.cancel(runId);
  });

  test('cancels what a filter shows, after a question with the sum of people; not what has changed since', async () => {
    const ids = [await chunked(rig, 3, { name: 'Promo one' }), await chunked(rig, 4, { name: 'Promo two' })];
    const other = await chunked(rig, 5, { name: 'Invoices' });
    await page.goto('/runs');
    await page.getByLabel('Name').fill('promo');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('link', { name: 'Cancel all runs that fit' }).click();
    expect(await textOf('.question')).toContain('Cancel 2 runs with 7 recipients?');
    const added = await chunked(rig, 1, { name: 'Promo three' });
    await page.getByRole('button', { name: 'Yes, cancel all 2' }).click();
    await waitFor('.notice', 'What fits has changed since you looked, and nothing was done.');
    expect((await rig.siaran.run(ids[0] ?? '')).recipients.cancelled).toBe(0);
    await rig.siaran.cancel(added);
    // Chromium complains of each answer that is an error.
    complaints.length = 0;
    await page.setViewportSize({ width: 360, height: 800 });
    await page.goto('/bulk/cancel?name=promo');
    await page.evaluate(axe);
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    await page.getByRole('button', { name: 'Yes, cancel all 2' }).click();
    await waitFor('.notice', 'Cancelled: 2 runs with 7 recipients.');
    for (const id of ids) expect((await rig.siaran.run(id)).recipients.pending).toBe(0);
    expect((await rig.siaran.run(other)).recipients.pending).toBe(5);
  });

  test('finds all that an owner has in one line at 1280 pixels, and nothing beside the page on a telephone', async () => {
    const { password } = await inviteUser(rig.ctx, 'somebody.with.a.long.name.of.jakarta', 'owner');
    await page.context().clearCookies();
    await page.goto('/login');
    await page.getByLabel('Your name').fill('somebody.with.a.long.name.of.jakarta');
    await page.getByLabel('Your password or token').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL('**/runs');
    const heights: number[] = [];
    for (const width of [360, 768, 1_259, 1_260, 1_280, 1_700]) {
      await page.setViewportSize({ width, height: 800 });
      const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
      expect([width, await page.evaluate<boolean>(isTooWide)]).toEqual([width, false]);
      heights.push((await page.locator('header').boundingBox())?.height ?? 0);
    }
    for (const height of heights.slice(3)) expect(height).toBeLessThan(60);
  });
});
