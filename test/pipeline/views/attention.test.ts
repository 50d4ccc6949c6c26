import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Attention } from '../../../src/index.js';
import { holdAccountFor } from '../../../src/pipeline/delivery/hold.js';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { chunked, deliver, messageTemplate } from '../../support/runs.js';
import { beganHoursAgo, item, tell } from '../../support/statuses.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s' } });
});
afterAll(() => rig.close());
/** No worker runs here: what that means is told in a test of its own, and left out elsewhere. */
beforeEach(() => rig.ctx.heartbeats.beat('test', ['default']));

async function about(runId: string): Promise<Attention[]> {
  return (await rig.siaran.status()).attention.filter((each) => each.runId === runId);
}

async function delivered(count: number, fault: 'refused' | 'unknown'): Promise<string> {
  rig.sandbox.setFaults([
    fault === 'refused'
      ? { on: 'send', kind: 'http', status: 422, message: 'no such template, said 6281234567890', times: 1 }
      : { on: 'send', kind: 'close-after-accepting', times: 1 },
  ]);
  const runId = await chunked(rig, count, { name: fault });
  await deliver(rig, runId, 1);
  return runId;
}

test('nothing waits where nothing was done, although no worker is there', async () => {
  const other = await startRig();
  try {
    expect(await other.siaran.status()).toEqual({ attention: [] });
  } finally {
    await other.close();
  }
});

test('an unknown batch is told with its people and its batch, until it is resolved', async () => {
  const runId = await delivered(10, 'unknown');
  expect(await about(runId)).toEqual([
    {
      ...{ kind: 'unknown', runId, batchId: `${runId}-0001`, campaign: null, account: 'default', name: 'unknown' },
      draftId: null,
      ...{ recipients: 10, reason: null, action: `siaran resolve ${runId}-0001` },
    },
  ]);
  await rig.siaran.resolve(`${runId}-0001`, { sent: 4711 }, { by: 'dewi' });
  expect(await about(runId)).toEqual([]);
});

test('a refused batch is told until it is retried, cancelled, or a week old', async () => {
  const runId = await delivered(7, 'refused');
  const told = [{ kind: 'refused', recipients: 7, action: `siaran retry ${runId}`, batchId: `${runId}-0001` }];
  expect(await about(runId)).toMatchObject(told);
  await rig.query("UPDATE runs SET finished_at = now() - interval '6 days' WHERE id = $1", [runId]);
  expect(await about(runId)).toMatchObject(told);
  await rig.query("UPDATE runs SET finished_at = now() - interval '8 days' WHERE id = $1", [runId]);
  expect(await about(runId)).toEqual([]);
  await rig.query('UPDATE runs SET finished_at = NULL WHERE id = $1', [runId]);
  await rig.siaran.retry(runId);
  expect(await about(runId)).toEqual([]);
});

test('a refused batch is told also once others of its run are sent again, which leaves it out', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: 'no such template', times: 1 }]);
  const runId = await chunked(rig, 1_003);
  await deliver(rig, runId, 1);
  await deliver(rig, runId, 2);
  const [refused, sent] = await rig.siaran.batches(runId);
  expect([refused?.status, sent?.status]).toEqual(['failed', 'scheduled']);
  await beganHoursAgo(rig, runId, 48);
  const failedAt = new Date(Date.now() - 30 * 3_600_000);
  await tell(rig, item('resent.1', 'failed', failedAt, phoneNumber(1_001), 131026));
  await rig.query('UPDATE runs SET finished_at = now() WHERE id = $1', [runId]);
  expect(await rig.siaran.resend(runId, { failed: true })).toMatchObject({ recipients: 1 });
  expect(await about(runId)).toMatchObject([
    { kind: 'refused', recipients: 1_000, action: `siaran retry ${runId}`, batchId: `${runId}-0001` },
  ]);
  await rig.siaran.cancel(runId);
  expect(await about(runId)).toEqual([]);
});

test('single messages of an account are told of together, and one alone by its run', async () => {
  rig.sandbox.setFaults([{ on: 'client', kind: 'http', status: 422, message: 'no', times: 9 }]);
  const send = async (at: number) => {
    const { runId } = await rig.siaran.sendMessage({
      ...messageTemplate,
      phoneNumber: `62813000000${10 + at}`,
      wait: '0s',
    });
    await deliver(rig, runId, 1);
    return runId;
  };
  const first = await send(1);
  expect(await about(first)).toMatchObject([{ kind: 'refused', recipients: 1, action: `siaran retry ${first}` }]);
  await send(2);
  expect(await about(first)).toEqual([]);
  const { attention } = await rig.siaran.status();
  expect(attention.filter(({ kind, runId }) => kind === 'refused' && runId === null)).toMatchObject([
    { recipients: 2, account: 'default', action: 'siaran runs --kind message --state refused --account default' },
  ]);
  rig.sandbox.setFaults([]);
});

test('a run that is held is told by its hold, but for the first batch that is still on its way', async () => {
  rig.sandbox.setFaults([]);
  const runId = await chunked(rig, 5, { first: 2 });
  expect(await about(runId)).toEqual([]);
  await deliver(rig, runId, 1);
  expect(await about(runId)).toMatchObject([
    { kind: 'held', recipients: 3, action: `siaran resume ${runId}`, reason: expect.stringContaining('at first') },
  ]);
  await rig.query("UPDATE runs SET held_kind = 'template', held_reason = 'said 6281234567890' WHERE id = $1", [runId]);
  expect(await about(runId)).toMatchObject([
    { kind: 'template', reason: expect.not.stringContaining('6281234567890') },
  ]);
  await rig.siaran.resume(runId);
  expect(await about(runId)).toEqual([]);
});

test('single messages that one kind of hold keeps are told of together, so that no broadcast is left out for them', async () => {
  const hold = (runId: string, kind: string) =>
    rig.query("UPDATE runs SET held_kind = $2, held_reason = 'rejected', held_at = now() WHERE id = $1", [runId, kind]);
  const broadcast = await chunked(rig, 4);
  await hold(broadcast, 'template');
  const send = async (at: number, kind: string) => {
    const number = `62813000001${String(at).padStart(2, '0')}`;
    const { runId } = await rig.siaran.sendMessage({ ...messageTemplate, phoneNumber: number, wait: '0s' });
    await hold(runId, kind);
    return runId;
  };
  const first = await send(0, 'template');
  expect(await about(first)).toMatchObject([{ kind: 'template', recipients: 1, action: `siaran resume ${first}` }]);
  const others = [await send(1, 'template'), await send(2, 'balance'), await send(3, 'balance')];
  const together = {
    ...{ runId: null, batchId: null, campaign: null, draftId: null, account: 'default', name: null, recipients: 2 },
    ...{ reason: 'rejected', action: 'siaran runs --kind message --state held --account default' },
  };
  const told = (await rig.siaran.status()).attention.filter(({ kind }) => kind === 'template' || kind === 'held');
  expect(told).toEqual(
    expect.arrayContaining([
      { ...together, kind: 'template' },
      { ...together, kind: 'held' },
      expect.objectContaining({ runId: broadcast, kind: 'template', recipients: 4 }),
    ]),
  );
  expect(told).toHaveLength(3);
  const listed = await rig.siaran.runs(20, { kind: 'message', state: 'held', account: 'default' });
  expect(listed.map(({ id }) => id).sort()).toEqual([first, ...others].sort());
  for (const runId of [broadcast, first, ...others]) await rig.siaran.cancel(runId);
});

test('a held account is told with those who wait, and with what lets it send', async () => {
  const runId = await chunked(rig, 4);
  await holdAccountFor(rig.ctx, 'default', { kind: 'unknowns', reason: 'three in a row', waitMs: undefined });
  const held = () =>
    rig.siaran.status().then(({ attention }) => attention.filter(({ kind }) => kind === 'account_held'));
  expect(await held()).toMatchObject([
    { account: 'default', reason: 'three in a row', action: 'siaran resume --account default' },
  ]);
  expect((await held())[0]?.recipients).toBeGreaterThanOrEqual(4);
  await rig.siaran.resumeAll();
  expect(await held()).toEqual([]);
  await rig.siaran.cancel(runId);
});

test('rows that Redis has lost are missing, and the same key brings them back', async () => {
  const { id } = await rig.siaran.startRun({
    name: 'Lost',
    templateDetailId: 172,
    columns: ['phone_number'],
    key: 'lost',
  });
  await rig.siaran.enqueue(id, [{ phone_number: '6281234500001' }, { phone_number: '6281234500002' }]);
  expect(await about(id)).toEqual([]);
  await rig.query('UPDATE intakes SET rows = rows + 3 WHERE run_id = $1', [id]);
  expect(await about(id)).toMatchObject([{ kind: 'missing', recipients: 3, action: 'siaran send FILE --key "lost"' }]);
  await rig.siaran.cancel(id);
  expect(await about(id)).toEqual([]);
});

test('that no worker is there is told once there is work', async () => {
  const runId = await chunked(rig, 6);
  await rig.ctx.heartbeats.stop('test');
  const workers = async () => (await rig.siaran.status()).attention.filter(({ kind }) => kind === 'workers');
  expect(await workers()).toMatchObject([{ account: null, action: 'siaran worker', reason: 'no worker is alive' }]);
  await rig.ctx.heartbeats.beat('test', ['default']);
  expect(await workers()).toEqual([]);
  await rig.siaran.cancel(runId);
});

test('a campaign whose latest audience could not be read is failing, until a later one is', async () => {
  await rig.siaran.addCampaign({
    ...{ name: 'Nightly', templateDetailId: 172, columns: ['phone_number'], audience: 'function:people' },
    ...{ schedule: '0 9 * * *', timeZone: 'Asia/Jakarta' },
  });
  const runId = await chunked(rig, 1, { name: 'Nightly' });
  await rig.query(
    `INSERT INTO firings (campaign_id, at, name, version, status, run_id, reason)
     SELECT id, now() - interval '2 days', name, 1, 'failed', $1, 'the query failed' FROM campaigns`,
    [runId],
  );
  const failing = async () => (await rig.siaran.status()).attention.filter(({ kind }) => kind === 'failing');
  expect(await failing()).toMatchObject([
    {
      ...{ campaign: 'Nightly', runId, recipients: 1, reason: 'the query failed' },
      action: 'siaran campaign show "Nightly"',
    },
  ]);
  // A holiday mends nothing, and neither does one whose audience is being read.
  const later = await chunked(rig, 1, { name: 'Nightly' });
  for (const [status, hours, of] of [
    ['skipped', 24, null],
    ['preparing', 1, later],
  ] as const) {
    await rig.query(
      `INSERT INTO firings (campaign_id, at, name, version, status, run_id)
       SELECT id, now() - $1 * interval '1 hour', name, 1, $2, $3 FROM campaigns`,
      [hours, status, of],
    );
    expect(await failing()).toHaveLength(1);
    expect((await rig.siaran.campaign('Nightly')).failing).toEqual({
      at: expect.any(String),
      reason: 'the query failed',
    });
  }
  await rig.query("UPDATE firings SET status = 'prepared' WHERE status = 'preparing'");
  expect(await failing()).toEqual([]);
  expect((await rig.siaran.campaign('Nightly')).failing).toBeNull();
  for (const id of [runId, later]) await rig.siaran.cancel(id);
});

test('a run that waits for an approval is told with the command that gives it, and found among those that are held', async () => {
  const runId = await chunked(rig, 6);
  await rig.query("UPDATE runs SET approval_above = 5, started_by = 'ada' WHERE id = $1", [runId]);
  expect(await about(runId)).toMatchObject([
    { kind: 'approval', recipients: 6, action: `siaran approve ${runId}`, account: 'default' },
  ]);
  const found = async (state: 'held' | 'paused' | 'sealed') =>
    (await rig.siaran.runs(20, { state })).some(({ id }) => id === runId);
  expect([await found('held'), await found('paused'), await found('sealed')]).toEqual([true, true, false]);
  const { state } = await rig.siaran.approval(runId);
  await rig.siaran.approve(runId, state);
  expect(await about(runId)).toEqual([]);
  expect([await found('held'), await found('paused'), await found('sealed')]).toEqual([false, false, true]);
});
