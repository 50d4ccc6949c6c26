import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CampaignRequest, Siaran } from '../../../src/index.js';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { prepareNext } from '../../../src/pipeline/campaigns/prepare.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
let folder: string;
beforeEach(async () => {
  rig = await startRig();
  folder = await mkdtemp(join(tmpdir(), 'siaran-campaigns-'));
});
afterEach(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const weekly: CampaignRequest = {
  name: 'Weekly',
  templateDetailId: 172,
  columns: invoiceColumns,
  audience: `sql:SELECT '62812' || (10000000 + i) AS phone_number, 'Customer ' || i AS customer_name, 'INV-' || i AS body_variable1 FROM generate_series(1, 1500) AS i`,
  schedule: '0 9 * * mon',
  timeZone: 'Asia/Jakarta',
};
const never = new AbortController().signal;

/** Turns back what was decided, as if nobody had looked at this campaign since. */
async function decidedUntil(name: string, instant: string): Promise<void> {
  await rig.query('UPDATE campaigns SET decided_until = $2 WHERE name = $1', [name, instant]);
}

const runsOf = (name: string) =>
  rig.query<{ id: string; key: string; start_at: Date | null }>(
    'SELECT id, key, start_at FROM runs WHERE name = $1 ORDER BY start_at',
    [name],
  );

/** The run of a campaign that is fired by hand, when its audience was read or has failed. */
async function fired(name: string, siaran: Siaran = rig.siaran): Promise<string> {
  const { runId } = await siaran.fireCampaign(name);
  await eventually(
    () => siaran.campaign(name),
    ({ firings }) => firings[0]?.status !== 'preparing',
  );
  return runId;
}

describe('an audience', () => {
  test('that is a query goes out whole, held until all of it is in', async () => {
    await rig.siaran.addCampaign(weekly);
    const { runId } = await rig.siaran.fireCampaign('Weekly');
    expect(await rig.siaran.run(runId)).toMatchObject({ status: 'open', held: { kind: 'preparing', until: null } });
    await rig.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'handed_over',
      held: null,
      recipients: { enqueued: 1_500, scheduled: 1_500, rejected: 0 },
    });
    expect((await rig.siaran.campaign('Weekly')).firings).toMatchObject([{ status: 'prepared', runId, reason: null }]);
  });

  test('that is a file is read when it fires, and one that has vanished fails the run with its cause', async () => {
    const path = join(folder, 'members.csv');
    await writeFile(path, 'phone_number\n6281211112222\nnonsense\n');
    await rig.siaran.addCampaign({ ...weekly, name: 'Members', columns: ['phone_number'], audience: `file:${path}` });
    await rig.work();
    const runId = await fired('Members');
    expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: 1, rejected: 1 } });
    await rm(path);
    const failed = await fired('Members');
    expect(await finished(rig.siaran, failed)).toMatchObject({
      outcome: 'failed',
      failure: expect.stringMatching(/members\.csv.*no such file/),
      recipients: { enqueued: 0 },
    });
    expect((await rig.siaran.campaign('Members')).firings[0]).toMatchObject({
      status: 'failed',
      runId: failed,
      reason: expect.stringMatching(/members\.csv/),
    });
  });

  test.each([
    ['has no rows', 'phone_number\n', { enqueued: 0, rejected: 0 }, 'nobody was in it: its audience had no rows'],
    ['is an empty file', '', { enqueued: 0, rejected: 0 }, 'nobody was in it: its audience had no rows'],
    [
      'has rejected rows only',
      'phone_number\nabc\ndef\n',
      { enqueued: 0, rejected: 2 },
      'nobody was in it: 2 rejected, see siaran rejections RUN',
    ],
    [
      'has suppressed and rejected rows only',
      'phone_number\n6281211112222\n081211112222\nabc\n',
      { enqueued: 2, suppressed: 1, duplicates: 1, rejected: 1 },
      'nobody was in it: 1 suppressed, 1 rejected, see siaran rejections RUN',
    ],
  ])('that %s ends its run nobody, and its firing says so', async (_, content, recipients, reason) => {
    const path = join(folder, 'members.csv');
    await writeFile(path, 'phone_number\n');
    await rig.siaran.suppress(['6281211112222']);
    await rig.siaran.addCampaign({ ...weekly, name: 'Members', columns: ['phone_number'], audience: `file:${path}` });
    await writeFile(path, content);
    const siaran = rig.open({ SIARAN_DEFAULT_COUNTRY: 'ID' });
    await siaran.work();
    const runId = await fired('Members');
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'nobody',
      failure: null,
      held: null,
      recipients,
    });
    expect((await rig.siaran.campaign('Members')).firings[0]).toMatchObject({
      status: 'prepared',
      reason: reason.replace('RUN', runId),
    });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
  });

  test('that is a function runs where it is registered, and knows what it is for', async () => {
    await rig.siaran.addCampaign({ ...weekly, name: 'Due', audience: 'function:due invoices' });
    await rig.work();
    const { runId } = await rig.siaran.fireCampaign('Due');
    expect((await rig.siaran.run(runId)).held?.reason).toContain('workers that have function:due invoices');
    const program = rig.open();
    const asked: unknown[] = [];
    program.registerAudience('due invoices', async function* (firing) {
      asked.push(firing);
      yield* invoices(700);
    });
    await program.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 700 } });
    expect(asked).toEqual([{ campaign: 'Due', firesAt: expect.any(Date) }]);
  });

  test('that fails half-way fails its run before anything goes out, although batches were full', async () => {
    await rig.siaran.addCampaign({ ...weekly, name: 'Broken', audience: 'function:broken' });
    const program = rig.open();
    const { runId } = await rig.siaran.fireCampaign('Broken');
    program.registerAudience('broken', async function* () {
      yield* invoices(3_500);
      const { id } = await eventually(
        () => rig.siaran.run(runId),
        ({ batches }) => batches.pending === 3,
      );
      await deliverBatch(rig.ctx, `${id}-0001`, { probing: false });
      await deliverBatch(rig.ctx, `${id}-0002`, { probing: true });
      throw new Error('the source of 6281234567890 went away');
    });
    await program.work();
    const run = await finished(rig.siaran, runId);
    expect(run).toMatchObject({
      outcome: 'failed',
      failure: expect.stringContaining('broken'),
      recipients: { scheduled: 0 },
    });
    expect(run.failure).toContain('went away');
    expect(run.failure).not.toContain('6281234567890');
    expect(run.recipients.cancelled + run.recipients.buffered).toBe(run.recipients.enqueued);
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await expect(rig.siaran.enqueue(runId, invoices(1), { source: 'more' })).rejects.toMatchObject({
      code: 'RUN_CANCELLED',
    });
  });

  test('whose worker dies is read again by another one, and everybody is in once', async () => {
    await rig.siaran.addCampaign({ ...weekly, name: 'Twice', audience: 'function:list' });
    const { runId } = await rig.siaran.fireCampaign('Twice');
    const frozen = rig.open();
    let reads = 0;
    frozen.registerAudience('list', async function* () {
      reads += 1;
      yield* invoices(1_700);
      await new Promise(() => {});
    });
    await frozen.work();
    await eventually(
      () => rig.siaran.run(runId),
      (run) => run.recipients.enqueued >= 1_000,
    );
    await rig.query('UPDATE firings SET claim_token = gen_random_uuid(), claim_expires_at = now()');
    const next = rig.open();
    next.registerAudience('list', () => invoices(1_700));
    await next.work();
    const run = await finished(rig.siaran, runId);
    expect(reads).toBe(1);
    expect(run).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 1_700, missing: 0 },
      unclosedIntakes: 0,
    });
    expect(rig.sandbox.accepted.deliveries().size).toBe(1_700);
    expect(Math.max(...rig.sandbox.accepted.deliveries().values())).toBe(1);
  });

  test('is given back by a worker that stops, and goes on elsewhere at once', async () => {
    await rig.siaran.addCampaign({ ...weekly, name: 'Slow', audience: 'function:slow' });
    const { runId } = await rig.siaran.fireCampaign('Slow');
    const stopping = rig.open();
    stopping.registerAudience('slow', async function* () {
      for (const row of invoices(100_000)) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield row;
      }
    });
    const workers = await stopping.work();
    await eventually(
      () => rig.query('SELECT 1 FROM intakes'),
      (intakes) => intakes.length === 1,
    );
    await workers.close();
    const next = rig.open();
    next.registerAudience('slow', () => invoices(20));
    await next.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 20 } });
  });

  test('of a run that was cancelled meanwhile is not read into it', async () => {
    await rig.siaran.addCampaign(weekly);
    const { runId } = await rig.siaran.fireCampaign('Weekly');
    await rig.siaran.cancel(runId);
    await prepareNext(rig.ctx, never);
    expect(await prepareNext(rig.ctx, never)).toBe(false);
    expect(await rig.siaran.run(runId)).toMatchObject({ outcome: 'cancelled', failure: null });
    expect((await rig.siaran.campaign('Weekly')).firings[0]).toMatchObject({ status: 'failed' });
  });

  test('of a preparing run waits while the run is paused; resuming it does not send a part', async () => {
    await rig.siaran.addCampaign(weekly);
    const { runId } = await rig.siaran.fireCampaign('Weekly');
    await rig.siaran.pause(runId);
    await prepareNext(rig.ctx, never);
    await rig.siaran.resume(runId);
    expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'preparing' } });
    await rig.query('UPDATE firings SET claim_expires_at = now()');
    await rig.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 1_500 },
    });
  });
});

describe('a schedule', () => {
  test('makes one run of each instant, however often and by however many it is looked at', async () => {
    await rig.siaran.addCampaign({ ...weekly, schedule: '* * * * *', often: true, catchUp: 'all' });
    const since = new Date(Date.now() - 3 * 60_000);
    await decidedUntil('Weekly', since.toISOString());
    await Promise.all(Array.from({ length: 8 }, () => fireDue(rig.ctx)));
    await fireDue(rig.ctx);
    const runs = await runsOf('Weekly');
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect(runs.length).toBeLessThanOrEqual(4);
    expect(new Set(runs.map(({ start_at }) => start_at?.getTime())).size).toBe(runs.length);
    for (const { key, start_at } of runs) expect(key.endsWith(start_at?.toISOString() ?? '?')).toBe(true);
  });

  test('is prepared ahead, and told the provider exactly', async () => {
    await rig.siaran.addCampaign({
      ...weekly,
      schedule: '* * * * *',
      often: true,
      prepareAhead: '5m',
      catchUp: 'skip',
    });
    await rig.work();
    const runs = await eventually(
      () => runsOf('Weekly'),
      (found) => found.length >= 5,
    );
    await rig.siaran.pauseCampaign('Weekly');
    const run = runs[4];
    if (!run) throw new Error('no run');
    expect(run.start_at?.getTime()).toBeGreaterThan(Date.now() + 3 * 60_000);
    await finished(rig.siaran, run.id);
    expect(await rig.siaran.batches(run.id)).toMatchObject([
      { startedAt: run.start_at?.toISOString(), movedBy: null },
      { startedAt: run.start_at?.toISOString(), movedBy: null },
    ]);
  });

  test.each([
    ['skip', 0],
    ['latest', 1],
    ['all', 3],
  ] as const)('that nobody was there for: %s makes up for %i', async (catchUp, expected) => {
    await rig.siaran.addCampaign({ ...weekly, schedule: '0 9 * * *', timeZone: 'UTC', catchUp });
    const now = new Date();
    // Three firings that are long past; the latest one is at least an hour ago.
    const hour = (now.getUTCHours() + 22) % 24;
    await rig.query("UPDATE campaigns SET cron = $1 WHERE name = 'Weekly'", [`0 ${hour} * * *`]);
    await decidedUntil('Weekly', new Date(now.getTime() - 3 * 86_400_000).toISOString());
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    expect(await runsOf('Weekly')).toHaveLength(expected);
    const { firings } = await rig.siaran.campaign('Weekly');
    expect(firings.map(({ status }) => status).sort()).toEqual(
      [...Array(expected).fill('preparing'), ...Array(3 - expected).fill('skipped')].sort(),
    );
  });

  test('that is a single instant fires once and is done', async () => {
    const at = new Date(Date.now() + 60_000).toISOString();
    await rig.siaran.addCampaign({ ...weekly, schedule: at, prepareAhead: '1h' });
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    expect(await runsOf('Weekly')).toMatchObject([{ start_at: new Date(at) }]);
    expect(await rig.siaran.campaign('Weekly')).toMatchObject({ status: 'done', nextAt: null });
  });

  test('does not count while the campaign is paused, and what was due then is not made up for', async () => {
    await rig.siaran.addCampaign({ ...weekly, schedule: '* * * * *', often: true, catchUp: 'all' });
    await rig.siaran.pauseCampaign('Weekly');
    await decidedUntil('Weekly', new Date(Date.now() - 10 * 60_000).toISOString());
    await fireDue(rig.ctx);
    expect(await rig.siaran.campaign('Weekly')).toMatchObject({ status: 'paused', nextAt: null });
    await rig.siaran.resumeCampaign('Weekly');
    await fireDue(rig.ctx);
    expect((await runsOf('Weekly')).length).toBeLessThanOrEqual(1);
    expect(await rig.siaran.campaign('Weekly')).toMatchObject({ status: 'active', nextAt: expect.any(String) });
  });
});

describe('a campaign', () => {
  test('again changes nothing, another one of its name is refused, and its name is free once it is removed', async () => {
    expect(await rig.siaran.addCampaign({ ...weekly, first: 10 })).toMatchObject({ existed: false, status: 'active' });
    expect(await rig.siaran.addCampaign({ ...weekly, first: 10 })).toMatchObject({ existed: true });
    await expect(rig.siaran.addCampaign({ ...weekly, first: 20 })).rejects.toMatchObject({
      code: 'CAMPAIGN_EXISTS',
      differences: ['first was 10, is now 20'],
    });
    await rig.siaran.removeCampaign('Weekly');
    await expect(rig.siaran.campaign('Weekly')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await rig.siaran.addCampaign({ ...weekly, first: 20 })).toMatchObject({ existed: false });
    expect(await rig.siaran.campaigns()).toHaveLength(1);
  });

  test('of which anything is wrong is refused with all of it, and what would be right', async () => {
    const wrong = {
      ...weekly,
      audience: 'table:people',
      schedule: '0 0 31 2 *',
      timeZone: 'Asia/Atlantis',
      window: '08:00-08:00',
      pace: '0/1h',
      prepareAhead: 'early',
    };
    await expect(rig.siaran.addCampaign(wrong)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(
        /(?=.*pace is "0\/1h")(?=.*window is "08:00-08:00")(?=.*audience.*file:)(?=.*timeZone: "Asia\/Atlantis")(?=.*prepareAhead is "early")/s,
      ),
    });
    const neverFires = rig.siaran.addCampaign({ ...weekly, schedule: '0 0 31 2 *' });
    await expect(neverFires).rejects.toMatchObject({ message: expect.stringMatching(/schedule: .*never/) });
    for (const [audience, words] of [
      ['file:/nowhere/members.csv', /no such file/],
      ['sql:DELETE FROM accounts', /SELECT/],
      ['sql:SELECT 1; SELECT 2', /SELECT/],
      ["sql:SELECT '6281' AS phone_number", /customer_name/],
    ] as const)
      await expect(rig.siaran.addCampaign({ ...weekly, audience })).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(words),
      });
    expect(await rig.siaran.campaigns()).toEqual([]);
  });

  test('that fires more often than hourly is refused unless that is meant', async () => {
    const often = { ...weekly, schedule: '*/15 9 * * *' };
    await expect(rig.siaran.addCampaign(often)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(
        /schedule: the cron "\*\/15 9 \* \* \*" fires more often than hourly.*often: true \(--often\)/,
      ),
    });
    await expect(rig.siaran.addCampaign({ ...often, often: false })).rejects.toMatchObject({ code: 'USAGE' });
    const wrong = JSON.parse('{"often": "yes"}') as object;
    await expect(rig.siaran.addCampaign({ ...often, ...wrong })).rejects.toMatchObject({
      message: expect.stringMatching(/often is "yes"; write true or false/),
    });
    expect(await rig.siaran.addCampaign({ ...often, often: true })).toMatchObject({ existed: false });
    expect(await rig.siaran.addCampaign({ ...often, often: true })).toMatchObject({ existed: true });
    expect(await rig.siaran.addCampaign({ ...weekly, name: 'Hourly', schedule: '0 * * * *' })).toMatchObject({
      existed: false,
    });
  });

  test('tells the instants of its next five firings, and of none while it is paused', async () => {
    const { firesNext, nextAt } = await rig.siaran.addCampaign(weekly);
    expect(firesNext).toHaveLength(5);
    expect(firesNext[0]).toBe(nextAt);
    const week = 7 * 86_400_000;
    const first = Date.parse(firesNext[0] ?? '');
    expect(firesNext.map((at) => (Date.parse(at) - first) / week)).toEqual([0, 1, 2, 3, 4]);
    await rig.siaran.pauseCampaign('Weekly');
    expect(await rig.siaran.campaign('Weekly')).toMatchObject({ firesNext: [] });
  });

  test('forecasts its next firings, each after the ones before it', async () => {
    const limits = { dailyLimit: 1_000, first: 10, window: '08:00-20:00' };
    await rig.siaran.addCampaign({ ...weekly, ...limits, schedule: '0 9 * * *' });
    const [first, second] = await rig.siaran.forecastCampaign('Weekly', 2);
    const at = new Date(first?.at ?? 0).getTime();
    const day = 86_400_000;
    expect(first).toMatchObject({
      files: 3,
      firstStartAt: first?.at,
      lastStartAt: new Date(at + day).toISOString(),
      limit: 'dailyLimit',
    });
    expect(new Date(second?.at ?? 0).getTime()).toBe(at + day);
    expect(new Date(second?.lastStartAt ?? 0).getTime()).toBeGreaterThan(at + 2 * day);
    expect(await rig.query('SELECT 1 FROM runs')).toEqual([]);
  });

  test('with a first small batch holds each of its runs until it is resumed', async () => {
    await rig.siaran.addCampaign({ ...weekly, first: 10 });
    await rig.work();
    const runId = await fired('Weekly');
    await eventually(
      () => rig.siaran.run(runId),
      (run) => run.status === 'paused' && run.held?.kind === 'first' && run.recipients.scheduled === 10,
    );
    await rig.siaran.resume(runId);
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', batches: { scheduled: 3 } });
    expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(1))).toBe(1);
  });
});
