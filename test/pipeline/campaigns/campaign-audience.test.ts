import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { prepareNext } from '../../../src/pipeline/campaigns/prepare.js';
import { eventually, finished, invoices, type Rig, startRig } from '../../support/rig.js';
import { deliver, mostPerNumber, waitForRun } from '../../support/runs.js';
import { fired, weekly } from './weekly.js';

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

const never = new AbortController().signal;

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
    const runId = await fired(rig.siaran, 'Members', rig.work);
    expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: 1, rejected: 1 } });
    await rm(path);
    const failed = await fired(rig.siaran, 'Members');
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
    const runId = await fired(rig.siaran, 'Members', () => siaran.work());
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
      const { id } = await waitForRun(rig, runId, ({ batches }) => batches.pending === 3);
      await deliver(rig, id, 1);
      await deliver(rig, id, 2, { probing: true });
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
    await waitForRun(rig, runId, (run) => run.recipients.enqueued >= 1_000);
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
    expect(mostPerNumber(rig)).toBe(1);
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
    const released =
      "UPDATE firings SET claim_expires_at = now() WHERE claim_token IS NULL AND claim_expires_at < now() + interval '5 s'";
    expect(await rig.query(`${released} RETURNING 1`)).toHaveLength(1);
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
