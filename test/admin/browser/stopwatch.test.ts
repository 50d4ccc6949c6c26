import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { spreadsheet } from '../../pipeline/drafts/drafts.js';
import type { AdminRig } from '../../support/admin.js';
import { eventually, finished } from '../../support/rig.js';
import { chunked, deliver } from '../../support/runs.js';
import { chromiumPage, hasChromium } from './chromium-page.js';
import { startWalk, type Walked } from './stopwatch.js';

const query =
  "SELECT '62812' || (10000000 + i) AS phone_number, 'Ada' AS body_variable1, i::text AS body_variable2 FROM generate_series(1, 300) AS i";

(hasChromium ? describe : describe.skip)('the jobs of the desk, with a stop-watch', () => {
  let rig: AdminRig;
  let page: Page;
  let folder: string;
  const jobs: Walked[] = [];
  const { open, close, complaints, textOf, logIn } = chromiumPage();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'siaran-walk-'));
    await writeFile(join(folder, 'audiences.yaml'), `members: "sql:${query}"\n`);
    ({ rig, page } = await open({ env: { SIARAN_AUDIENCES_FILE: join(folder, 'audiences.yaml') } }));
    await rig.siaran.templates();
    await logIn();
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  afterAll(async () => {
    if (process.env.SIARAN_PICTURES !== undefined)
      await writeFile(join(process.env.SIARAN_PICTURES, 'walk.json'), JSON.stringify(jobs, null, 2));
    await close();
    await rm(folder, { recursive: true });
  });

  /** How the page looks to whoever stands before it. */
  const picture = async (name: string) => {
    const into = process.env.SIARAN_PICTURES;
    if (into !== undefined) await page.screenshot({ path: join(into, `walk-${name}.png`), fullPage: true });
  };

  test('a broadcast is started from a spreadsheet with wrong headers in less than three minutes', async () => {
    const list = spreadsheet(120, ['nonsense;Nobody;Rp 1']).replace('Nomor HP;Nama;Tagihan', 'Kontak;Siapa;Berapa');
    const walk = startWalk(page, 'start a broadcast from a spreadsheet with wrong headers');
    await walk.open();
    await picture('front');
    await walk.press('link', 'New broadcast', 'Begin one');
    await picture('begin');
    await walk.fill('Name', 'December reminder');
    const buffer = Buffer.from(list);
    await walk.give('List of recipients', { name: 'pelanggan.csv', mimeType: 'text/csv', buffer });
    await walk.press('button', 'Begin', 'choose one to see its text');
    await picture('template');
    await walk.press('radio', /^reminder .*Indonesian/);
    await walk.press('button', 'Take this template', 'Say which column of your list goes where');
    await picture('columns');
    await walk.choose('Phone number', 'Kontak');
    await walk.choose('{{1}} in the text', 'Siapa');
    await walk.choose('{{2}} in the text', 'Berapa');
    await walk.press('button', 'Save, and check the list', '120 people get the message');
    await picture('check');
    await walk.press('link', 'Go on: Preview and test', 'Halo Customer 0');
    await picture('preview');
    await walk.press('link', 'Go on: When', 'Time zone');
    await picture('when');
    await walk.press('button', 'Save, and go on', '120 people get reminder:id at once, 1 batch; 1 row is left out');
    await picture('confirm');
    await walk.fill('How many people get it? Type the number.', '120');
    await walk.press('button', 'Yes, send it to 120 people', 'December reminder');
    await picture('run');
    const walked = walk.end();
    jobs.push(walked);
    expect(walked.seconds).toBeLessThan(180);
    const [run] = (await rig.siaran.runs()) as { id: string }[];
    expect(await finished(rig.siaran, run?.id ?? '')).toMatchObject({ recipients: { scheduled: 120 } });
  }, 240_000);

  test('what needs somebody among 500 runs is the first that the first page says', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: 'no such template', times: 1 }]);
    const runId = await chunked(rig, 9, { name: 'Needle' });
    await deliver(rig, runId, 1).catch(() => undefined);
    await eventually(
      () => rig.siaran.run(runId),
      ({ recipients }) => recipients.failed === 9,
    );
    rig.sandbox.setFaults([]);
    await rig.query(
      `INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at, finished_at)
       SELECT 'rwatch' || n, 'Hay ' || n, account, template_detail_id, columns, separator, delivery, at, at, at, at
       FROM runs, generate_series(1, 500) AS n CROSS JOIN LATERAL (SELECT now() + n * interval '1 second' AS at) AS t WHERE runs.id = $1`,
      [runId],
    );
    const walk = startWalk(page, 'find what needs me among 500 runs');
    const from = Date.now();
    await walk.open();
    await walk.read('9 recipients of "Needle"');
    const seenAfterMs = Date.now() - from;
    await picture('needs');
    const walked = walk.end();
    jobs.push({ ...walked, seconds: walked.seconds + seenAfterMs / 1_000 });
    expect(walked).toMatchObject({ clicks: 0, fields: 0, pages: 1, seconds: 5 });
    expect(await page.title()).toContain('(1)');
    expect((await textOf('main')).indexOf('Needle')).toBeLessThan(200);
    await rig.siaran.cancel(runId);
  }, 120_000);

  test('everything is stopped in two clicks, from whatever page one is on', async () => {
    await page.getByRole('link', { name: 'Audit log' }).click();
    const walk = startWalk(page, 'stop everything');
    await walk.press('link', 'Stop everything', 'Stop everything?');
    await picture('stop');
    await walk.press('button', 'Yes, stop everything', 'Everything is stopped');
    const walked = walk.end();
    jobs.push(walked);
    expect(walked).toMatchObject({ clicks: 2, fields: 0 });
    expect(await rig.siaran.stops()).toHaveLength(1);
    await rig.siaran.go();
  }, 120_000);

  test("a campaign's hour is changed, and how December did is said, from the front page on", async () => {
    await rig.siaran.addCampaign({
      ...{ name: 'December reminder', template: 'reminder:id', audience: 'named:members', schedule: '0 9 * * *' },
      ...{ columns: ['phone_number', 'body_variable1', 'body_variable2'], timeZone: 'Asia/Jakarta' },
    });
    const hour = startWalk(page, "change a campaign's hour");
    await hour.open();
    await hour.press('link', 'Campaigns', 'every day at 09:00');
    await picture('campaigns');
    await hour.press('link', 'December reminder', 'Next firings');
    await picture('campaign');
    await hour.press('link', 'Change', 'What and to whom');
    await hour.fill('Times', '10:30');
    await hour.press('button', 'Look at what will change', 'Change 1 setting');
    await picture('campaign-question');
    await hour.press('button', 'Yes, save it', 'Saved as version 2');
    jobs.push(hour.end());
    expect(jobs.at(-1)?.seconds).toBeLessThan(60);
    expect(await rig.siaran.campaign('December reminder')).toMatchObject({ schedule: '30 10 * * *' });

    const { runId } = await rig.siaran.fireCampaign('December reminder');
    await eventually(
      () => rig.siaran.campaign('December reminder'),
      ({ firings }) => firings.find((firing) => firing.runId === runId)?.status === 'prepared',
    );
    await finished(rig.siaran, runId);
    const results = startWalk(page, 'say how December did');
    await results.open();
    await results.press('link', 'Campaigns', 'December reminder');
    await results.press('link', 'December reminder', 'Firings side by side');
    await results.read(/300\s*handed over/);
    await picture('results');
    jobs.push(results.end());
    expect(jobs.at(-1)?.seconds).toBeLessThan(30);
  }, 180_000);
});
