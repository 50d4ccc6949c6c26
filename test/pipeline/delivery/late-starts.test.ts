import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { finished, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { broadcast, december, messageTemplate } from '../../support/runs.js';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => rig.close());

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const refusal = {
  code: 'USAGE',
  message: expect.stringMatching(/startAt is .*, which passed .* ago: it is .* now\..*lateOk: true \(--late-ok\)/s),
};

describe('a start more than five minutes ago', () => {
  test('is refused by whatever starts a run, and nothing is left of it', async () => {
    const late = { startAt: minutesAgo(6) };
    await expect(rig.siaran.startRun({ ...december, ...late })).rejects.toMatchObject(refusal);
    await expect(rig.siaran.startRun({ ...december, ...late, key: 'new' })).rejects.toMatchObject(refusal);
    await expect(rig.siaran.broadcast({ ...december, ...late, recipients: invoices(1) })).rejects.toMatchObject(
      refusal,
    );
    const message = { ...messageTemplate, phoneNumber: phoneNumber(0), ...late };
    await expect(rig.siaran.sendMessage(message)).rejects.toMatchObject(refusal);
    expect(await rig.siaran.runs()).toEqual([]);
  });

  test('names the instants by the clock of the zone that was given, and how long ago it was', async () => {
    const late = { startAt: '2025-12-31 09:00', timeZone: 'Asia/Jakarta' };
    await expect(rig.siaran.startRun({ ...december, ...late })).rejects.toThrow(
      /startAt is Wed 31 Dec 2025 09:00 WIB, which passed \d+ days ago: it is \w+ \d+ \w+ \d{4} [\d:]+ WIB now\./,
    );
  });

  test('is taken where lateOk says so', async () => {
    const late = { ...december, startAt: minutesAgo(60), lateOk: true };
    await rig.work();
    const { runId } = await rig.siaran.broadcast({ ...late, recipients: invoices(3) });
    expect(await finished(rig.siaran, runId)).toMatchObject({ batches: { scheduled: 1 } });
    const message = { ...messageTemplate, phoneNumber: phoneNumber(5), startAt: minutesAgo(60), lateOk: true };
    expect(await rig.siaran.sendMessage(message)).toMatchObject({ status: 'scheduled' });
    const wrong = JSON.parse('{"lateOk": "yes"}') as object;
    await expect(rig.siaran.startRun({ ...late, ...wrong })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/lateOk is "yes"; write true or false/),
    });
  });

  test('is found again by its key, so that what was begun in time can be completed', async () => {
    const begun = { ...december, startAt: new Date(Date.now() + 60_000), key: 'begun' };
    const { id } = await rig.siaran.startRun(begun);
    // The time passes.
    const startAt = minutesAgo(60);
    await rig.query('UPDATE runs SET start_at = $1', [startAt]);
    expect(await rig.siaran.startRun({ ...begun, startAt })).toMatchObject({ id, existed: true });
    await expect(rig.siaran.startRun({ ...begun, startAt: minutesAgo(61) })).rejects.toMatchObject({
      code: 'KEY_CONFLICT',
    });
  });
});

test.each([
  ['five minutes ago, but for a moment', minutesAgo(4.8)],
  ['ahead', minutesAgo(-60)],
])('a start %s is taken', async (_, startAt) => {
  expect(await rig.siaran.startRun({ ...december, startAt })).toMatchObject({ existed: false });
});

describe('what is too late', () => {
  const late = { startAt: minutesAgo(180), lateOk: true };

  test.each([
    ['past its tooLateAfter', { tooLateAfter: '2h' }],
    ['when a missed start is to be skipped', { catchUp: 'skip' as const }],
  ])('is failed with that reason %s, and sent if it is retried', async (_, settings) => {
    await rig.work();
    const runId = await broadcast(rig, 1_500, { ...late, ...settings });
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'refused', batches: { failed: 2 } });
    expect((await rig.siaran.batches(runId))[0]).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^too late: /),
      attempts: 0,
    });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    await rig.siaran.retry(runId);
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', batches: { scheduled: 2 } });
    expect((await rig.siaran.batches(runId))[0]).toMatchObject({ movedBy: 'late' });
  });

  test('is not what a pace puts off, when a missed start is to be skipped', async () => {
    await rig.work();
    const startAt = new Date(Date.now() + 60_000);
    const runId = await broadcast(rig, 300, { startAt, pace: '100/1h', catchUp: 'skip' });
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 300 } });
    await expect(rig.siaran.startRun({ ...december, catchUp: 'skip' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/catchUp is "skip".*startAt/),
    });
  });

  test('is sent without such a limit', async () => {
    await rig.work();
    const runId = await broadcast(rig, 3, late);
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
  });
});
