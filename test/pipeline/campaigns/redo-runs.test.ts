import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CampaignChanges, CampaignRequest } from '../../../src/index.js';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { prepareNext } from '../../../src/pipeline/campaigns/prepare.js';
import { requireCampaign } from '../../../src/pipeline/campaigns/view-campaign.js';
import { recordAnswer } from '../../../src/store/attempts.js';
import { withdrawRun } from '../../../src/store/cancel-runs.js';
import { replaceRun } from '../../../src/store/firings.js';
import { lockRunState } from '../../../src/store/runs.js';
import { unverifiedRuns } from '../../../src/store/views/attention/troubled-runs.js';
import { eventually, finished, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { mostPerNumber, waitForLock, waitForRun } from '../../support/runs.js';
import { firePromo, inAnHour, people, promo, query, runsOf, waitsUploaded } from './promo.js';

let rig: Rig;
let soon: string;
beforeEach(async () => {
  rig = await startRig();
  soon = inAnHour();
});
afterEach(() => rig.close());

const once = (more: Partial<CampaignRequest> = {}) => promo(soon, more);
/** It is prepared, and not handed over before ten minutes ahead. */
const held = (more: Partial<CampaignRequest> = {}) => once({ handOver: '10m', ...more });
/** Workers that are at work already would see a firing by their next look only, up to a second later. */
const prepare = () => prepareNext(rig.ctx, new AbortController().signal);
const redo = (changes: CampaignChanges) => rig.siaran.editCampaign('Promo', changes, { redo: true });

describe('what was fired and is not handed over', () => {
  test('is fired anew with the new version, once, and its first run is cancelled', async () => {
    await rig.siaran.addCampaign(held());
    const first = await firePromo(rig);
    await rig.work();
    await waitsUploaded(rig, first);
    const edited = await redo({ templateDetailId: 173, audience: query(11) });
    const second = edited.redone[0]?.runId ?? '';
    expect(edited).toMatchObject({ version: 2, runs: [], jobs: [], redone: [{ at: soon, replacedRunId: first }] });
    expect(await finished(rig.siaran, first)).toMatchObject({ outcome: 'cancelled', failure: null });
    await prepare();
    await waitsUploaded(rig, second);
    // Once more, without a change: its audience may be another one by now.
    const again = await redo({ handOver: null });
    const third = again.redone[0]?.runId ?? '';
    await prepare();
    expect(await finished(rig.siaran, third)).toMatchObject({ outcome: 'handed_over', startAt: soon });
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { at: soon, runId: third, version: 3, status: 'prepared', replacedRuns: [first, second] },
    ]);
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    expect(await runsOf(rig)).toMatchObject([
      { cancelled: true },
      { cancelled: true },
      { template: 173, cancelled: false },
    ]);
    expect(rig.sandbox.accepted.deliveries().size).toBe(people);
    expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(40))).toBe(1);
    expect(mostPerNumber(rig)).toBe(1);
    expect((await rig.siaran.verify(third)).breaches).toEqual([]);
  });

  test('is not, once it is handed over; what can be called back is named, and nothing is changed', async () => {
    await rig.siaran.addCampaign(once());
    const runId = await firePromo(rig);
    await rig.work();
    await finished(rig.siaran, runId);
    const [job] = rig.sandbox.accepted.jobs();
    const redone = redo({ templateDetailId: 173 });
    await expect(redone).rejects.toMatchObject({ code: 'TOO_LATE_TO_REDO', message: expect.stringContaining(runId) });
    await expect(redone).rejects.toThrow(`broadcast job ${job?.id} of ${runId}-0001, which starts ${soon}`);
    expect(await rig.siaran.campaign('Promo')).toMatchObject({ version: 1, templateDetailId: 172 });
    const edited = await rig.siaran.editCampaign('Promo', { templateDetailId: 173 });
    expect(edited).toMatchObject({ version: 2, runs: [{ runId }], jobs: [{ broadcastJobId: job?.id }] });
    expect(await runsOf(rig)).toHaveLength(1);
  });

  test('is not, while the ledger may have forgotten what was handed over', async () => {
    await rig.siaran.addCampaign(held());
    const runId = await firePromo(rig);
    await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'ledger_went_back', 'a test')");
    await expect(redo({})).rejects.toMatchObject({ code: 'LEDGER_WENT_BACK' });
    expect(await runsOf(rig)).toEqual([{ id: runId, template: 172, cancelled: false }]);
  });

  test('is not, if only a part of it is handed over', async () => {
    await rig.siaran.addCampaign(once({ first: 10 }));
    const runId = await firePromo(rig);
    await rig.work();
    await waitForRun(rig, runId, ({ status, held: hold }) => status === 'paused' && hold?.kind === 'first');
    await expect(redo({})).rejects.toMatchObject({ code: 'TOO_LATE_TO_REDO' });
    expect(await rig.siaran.run(runId)).toMatchObject({ recipients: { scheduled: 10, cancelled: 0 } });
  });

  test('is taken back if the new schedule does not have its instant, which counts from now on', async () => {
    await rig.siaran.addCampaign(held());
    const first = await firePromo(rig);
    const earlier = new Date(Date.parse(soon) - 600_000).toISOString();
    const edited = await redo({ schedule: earlier });
    expect(edited).toMatchObject({ redone: [{ at: soon, replacedRunId: first, runId: null }], nextAt: earlier });
    await fireDue(rig.ctx);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { at: soon, status: 'skipped', runId: null, replacedRuns: [first], reason: expect.stringContaining(first) },
      { at: earlier, status: 'preparing', version: 2 },
    ]);
    expect(await runsOf(rig)).toMatchObject([{ cancelled: true }, { cancelled: false }]);
  });

  test('is fired again, as another run, once its schedule has the instant again that was taken back', async () => {
    await rig.siaran.addCampaign(held());
    const first = await firePromo(rig);
    const later = new Date(Date.parse(soon) + 600_000).toISOString();
    await redo({ schedule: later });
    const back = await redo({ schedule: soon, handOver: null });
    expect(back).toMatchObject({ status: 'active', nextAt: soon });
    for (let times = 0; times < 3; times += 1) await fireDue(rig.ctx);
    const [last, ...others] = (await runsOf(rig)).filter(({ cancelled }) => !cancelled);
    expect(others).toEqual([]);
    expect((await rig.siaran.campaign('Promo')).firings).toMatchObject([
      { at: soon, runId: last?.id, version: 3, reason: null, replacedRuns: [first] },
    ]);
    // Once more, so that a third run of the instant is needed.
    const again = await redo({});
    await rig.work();
    await finished(rig.siaran, again.redone[0]?.runId ?? '');
    expect(rig.sandbox.accepted.deliveries().size).toBe(people);
    expect(mostPerNumber(rig)).toBe(1);
  });

  /** A run that is uploaded, of which a send is without an answer yet; and somebody has said that it wasn't sent. */
  async function overruled(): Promise<{ runId: string; token: string }> {
    await rig.siaran.addCampaign(held());
    const runId = await firePromo(rig);
    await rig.work();
    await waitsUploaded(rig, runId);
    const token = randomUUID();
    await rig.query(
      `INSERT INTO attempts (batch_id, number, token, worker, broadcast_name, declared_unsent) VALUES ($1, 1, $2, 'w', 'n', true)`,
      [`${runId}-0001`, token],
    );
    await rig.query('UPDATE batches SET attempts = 1');
    return { runId, token };
  }
  const scheduled = { outcome: 'scheduled', httpStatus: 200, broadcastJob: null, error: null } as const;
  const accepted = { ...scheduled, broadcastJobId: 4_711 };

  test.each(['uploaded', 'failed'])('and was %s, is a second send if it was accepted after all', async (status) => {
    const { runId, token } = await overruled();
    await rig.query('UPDATE batches SET status = $1', [status]);
    const edited = await redo({});
    expect(edited.redone).toMatchObject([{ replacedRunId: runId }]);
    expect(await recordAnswer(rig.ctx.db, token, accepted)).toMatchObject({ settlement: 'extra' });
    expect(await rig.siaran.run(runId)).toMatchObject({
      ...{ outcome: 'needs_attention', recipients: { scheduled: 0 } },
      extraSends: [{ batchId: `${runId}-0001`, broadcastJobId: 4_711 }],
    });
  });

  test('is a second send also if it is accepted while it is fired anew', async () => {
    const { runId, token } = await overruled();
    const { id: campaignId } = await requireCampaign(rig.ctx, 'Promo');
    const answered = await rig.ctx.db.$transaction(async (tx) => {
      await lockRunState(tx, runId);
      const waiting = recordAnswer(rig.ctx.db, token, accepted);
      await waitForLock(rig);
      expect(await withdrawRun(tx, runId)).toBe(true);
      await replaceRun(tx, { campaignId, at: new Date(soon), runId }, { version: 1, runId: null, reason: 'a test' });
      return { waiting };
    });
    expect(await answered.waiting).toMatchObject({ settlement: 'extra' });
  });

  test('is not held any more, nor to be, for blocks that were not as they were signed', async () => {
    await rig.siaran.addCampaign(held());
    await firePromo(rig);
    await rig.query("UPDATE runs SET unverified_reason = 'a test'");
    await redo({});
    expect(await unverifiedRuns(rig.ctx.db, 5)).toEqual([]);
  });

  test('is fired anew while a worker reads its audience, and everybody is messaged once', async () => {
    await rig.siaran.addCampaign(once({ audience: 'function:slow' }));
    const reading = rig.open();
    let ended: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    reading.registerAudience('slow', async function* () {
      yield* invoices(20);
      await over;
      yield* invoices(20, 20);
    });
    const first = await firePromo(rig);
    await reading.work();
    await eventually(
      () => rig.query('SELECT 1 FROM intakes'),
      (intakes) => intakes.length === 1,
    );
    const edited = await redo({ audience: query(0, 40) });
    ended();
    const second = edited.redone[0]?.runId ?? '';
    await prepare();
    expect(await finished(rig.siaran, second)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 40 } });
    expect(await finished(rig.siaran, first)).toMatchObject({ outcome: 'cancelled', recipients: { scheduled: 0 } });
    expect(mostPerNumber(rig)).toBe(1);
  });

  test('is fired anew also if it failed before anybody got it, and not if somebody cancelled it', async () => {
    await rig.siaran.addCampaign(once({ audience: 'function:broken' }));
    const program = rig.open();
    program.registerAudience('broken', () => {
      throw new Error('no such table');
    });
    const first = await firePromo(rig);
    const workers = await program.work();
    await finished(rig.siaran, first);
    const edited = await redo({ audience: query() });
    const second = edited.redone[0]?.runId ?? '';
    await prepare();
    expect(await finished(rig.siaran, second)).toMatchObject({ outcome: 'handed_over' });
    await workers.close();

    await rig.siaran.addCampaign(held({ name: 'Unwanted' }));
    await fireDue(rig.ctx);
    const unwanted = (await rig.siaran.campaign('Unwanted')).firings[0]?.runId ?? '';
    await rig.siaran.cancel(unwanted);
    expect(await rig.siaran.editCampaign('Unwanted', {}, { redo: true })).toMatchObject({ redone: [] });
  });

  test('has one run that goes out, whoever fires, changes and prepares at the same time', async () => {
    await rig.siaran.addCampaign(held());
    await rig.work();
    const change = (first: number) => redo({ prepareAhead: `${120 + first}m` }).catch((error: unknown) => error);
    for (let round = 0; round < 4; round += 1)
      await Promise.all([fireDue(rig.ctx), change(round), fireDue(rig.ctx), change(round + 10), prepare()]);
    await redo({ handOver: null });
    const [last, ...others] = (await runsOf(rig)).filter(({ cancelled }) => !cancelled);
    expect(others).toEqual([]);
    await finished(rig.siaran, last?.id ?? '');
    expect(rig.sandbox.accepted.deliveries().size).toBe(people);
    expect(mostPerNumber(rig)).toBe(1);
  });
});
