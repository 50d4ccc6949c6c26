import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { holdPausedTemplates } from '../../../src/pipeline/statuses/hold-paused-templates.js';
import { holdEveryAccount } from '../../../src/store/holds.js';
import { claimRetry } from '../../../src/store/retries.js';
import { invoiceColumns, type Rig, startRig } from '../../support/rig.js';
import { auditOf, endedRun, type Fates, lookAtAll, lookNow, retryOf } from './retried-rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

/** So many from this place on, who failed with this code. */
const failing = (from: number, count: number, code: number): Fates =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [from + at, ['failed', code]] as const));

/** Why it was stopped for good, which is noted once. */
async function stoppedFor(runId: string): Promise<string> {
  expect(await lookAtAll(rig)).toBe(1);
  const stopped = await retryOf(rig, runId);
  expect(stopped).toMatchObject({ at: null, outcome: 'stopped', runId: null });
  const { reason = '' } = stopped ?? {};
  expect(await auditOf(rig)).toEqual([
    { actor: 'Siaran', target: runId, detail: { turn: 1, outcome: 'stopped', reason } },
  ]);
  await lookNow(rig, runId);
  expect(await lookAtAll(rig)).toBe(0);
  expect(await rig.siaran.runs()).toHaveLength(1);
  return reason ?? '';
}

test('a run that is cancelled after its end is not sent again, and that is said at once', async () => {
  const runId = await endedRun(rig, 2, { 0: ['failed', 131026] });
  await rig.query("UPDATE runs SET retry_at = now() + interval '1 day'");
  await rig.siaran.cancel(runId);
  expect(await stoppedFor(runId)).toBe('the run was cancelled');
});

test('a run that is paused waits until it is resumed', async () => {
  const runId = await endedRun(rig, 2, { 0: ['failed', 131026] });
  await rig.siaran.pause(runId);
  expect(await lookAtAll(rig)).toBe(0);
  expect(await retryOf(rig, runId)).toMatchObject({ at: null, outcome: null, reason: 'the run is paused' });
  await rig.siaran.resume(runId);
  await lookAtAll(rig);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: 'sent_again' });
});

test('a run of a campaign is not sent again on a date that the campaign skips, but on the next one', async () => {
  const runId = await endedRun(rig, 2, { 0: ['failed', 131026] });
  const date = (days: number) =>
    new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Jakarta' });
  await rig.siaran.addCampaign({
    ...{ name: 'Daily', templateDetailId: 172, columns: invoiceColumns, audience: 'function:none' },
    ...{ schedule: '0 9 * * *', timeZone: 'Asia/Jakarta', skipDates: [date(0), date(1)] },
  });
  await rig.query(
    `INSERT INTO firings (campaign_id, name, version, at, status, run_id) SELECT id, name, 1, now(), 'prepared', $1 FROM campaigns`,
    [runId],
  );
  expect(await lookAtAll(rig)).toBe(1);
  const [{ until } = { until: '' }] = await rig.query<{ until: string }>(
    `SELECT to_char(retry_at AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM-DD HH24:MI') AS until FROM runs WHERE id = $1`,
    [runId],
  );
  expect(until).toBe(`${date(2)} 00:00`);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: null, reason: 'its campaign skips this date' });
  expect(await rig.siaran.runs()).toHaveLength(1);
  // A campaign that fires no more still says on which dates nothing goes out.
  await rig.siaran.removeCampaign('Daily');
  await lookNow(rig, runId);
  await lookAtAll(rig);
  expect(await rig.siaran.runs()).toHaveLength(1);
  await rig.query("UPDATE campaigns SET skip_dates = '{}'");
  await lookNow(rig, runId);
  await lookAtAll(rig);
  expect(await rig.siaran.runs()).toHaveLength(2);
});

test('a run whose template WhatsApp has paused is not sent again', async () => {
  const runId = await endedRun(rig, 3, { 0: ['failed', 131026], 1: ['failed', 132015] });
  await holdPausedTemplates(rig.ctx);
  expect(await stoppedFor(runId)).toMatch(/^WhatsApp has paused its template/);
});

test('a run most of whose messages failed for another reason is not sent again; for a reason of its codes it is', async () => {
  const runId = await endedRun(rig, 120, { ...failing(0, 70, 131031), ...failing(70, 30, 131026) });
  expect(await stoppedFor(runId)).toMatch(
    /failed for another reason: 70 of the 100 messages told of have failed with 131031/,
  );
});

test('a run most of whose messages failed with one of its codes is sent again', async () => {
  const runId = await endedRun(rig, 120, failing(0, 100, 131026));
  await lookAtAll(rig);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: 'sent_again' });
});

test('a run that was purged is not sent again', async () => {
  const runId = await endedRun(rig, 2, { 0: ['failed', 131026] });
  await rig.query('UPDATE runs SET purged_at = now()');
  expect(await stoppedFor(runId)).toMatch(/^the run was purged/);
});

test('while the ledger is held nothing is sent again, and the run says what holds it', async () => {
  const runId = await endedRun(rig, 2, { 0: ['failed', 131026] });
  await holdEveryAccount(rig.ctx.db, 'ledger_went_back', 'it went back');
  expect(await lookAtAll(rig)).toBe(0);
  expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'ledger_went_back' }, retry: { outcome: null } });
  expect(await rig.siaran.runs()).toHaveLength(1);
});

test('after the ledger went back a turn that may have been taken before is stopped, and one that can not have been stays', async () => {
  const old = await endedRun(rig, 2, { 0: ['failed', 131026] });
  // The workers that deliver the other one leave it alone.
  await rig.query("UPDATE runs SET retry_at = now() + interval '1 day' WHERE id = $1", [old]);
  const young = await endedRun(rig, 2, { 0: ['failed', 131026] });
  await rig.query("UPDATE runs SET created_at = now() - interval '25 hours' WHERE id = $1", [old]);
  await holdEveryAccount(rig.ctx.db, 'ledger_went_back', 'it went back');
  expect(await rig.siaran.repairLedger()).toMatchObject({ stoppedRetries: [old] });
  const reason = 'the ledger went back, so that it is not known whether this was sent';
  expect(await retryOf(rig, old)).toMatchObject({ at: null, outcome: 'stopped', reason });
  expect(await auditOf(rig)).toEqual([
    { actor: 'Siaran', target: old, detail: { turn: 1, outcome: 'stopped', reason } },
  ]);
  expect(await lookAtAll(rig)).toBe(1);
  expect(await retryOf(rig, young)).toMatchObject({ outcome: 'sent_again' });
});

test('a run that goes on after its end is not sent again before it has ended anew', async () => {
  const runId = await endedRun(rig, 2, { 0: ['failed', 131026] });
  await rig.query("UPDATE batches SET status = 'uploaded' WHERE run_id = $1", [runId]);
  expect(await lookAtAll(rig)).toBe(1);
  expect(await retryOf(rig, runId)).toMatchObject({ outcome: null, at: expect.any(String) });
  expect(await rig.siaran.runs()).toHaveLength(1);
});

test('looking for due runs costs the same with 100,000 that have ended, and 20,000 whose turn is still to come', async () => {
  await rig.query(`INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, sealed_at, drained_at, finished_at, retry_at, retry_after_failure)
    SELECT 'x' || i, 'x', name, 172, '{phone_number}', ',', '{}', now(), now(), now(), CASE WHEN i <= 20000 THEN now() + i * interval '1 minute' END,
           '{"codes": [131026], "afterMs": 3600000, "times": 1}'
    FROM generate_series(1, 120000) AS i CROSS JOIN (SELECT name FROM accounts LIMIT 1) AS a`);
  await rig.query('ANALYZE runs');
  // As often as it takes until Postgres keeps one plan for all values.
  const read = await rig.ctx.db.$transaction(async (tx) => {
    for (let look = 0; look < 8; look += 1) expect(await claimRetry(tx, randomUUID(), 60_000)).toBeUndefined();
    return tx.$queryRaw`SELECT seq_scan::int AS "wholeTable", idx_tup_fetch::int AS rows FROM pg_stat_xact_user_tables WHERE relname = 'runs'`;
  });
  expect(read).toEqual([{ wholeTable: 0, rows: 0 }]);
});
