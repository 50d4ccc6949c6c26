import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from '../../../src/context.js';
import { viewRun, viewRuns } from '../../../src/pipeline/views/view-run.js';
import type { Database } from '../../../src/store/postgres/database.js';
import { type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
let ids: string[];

const count = 9;

/** Runs of which each has as much of everything as its place says, and that stand in each other's facts nowhere. */
beforeAll(async () => {
  rig = await startRig();
  const runs = [];
  for (let place = 1; place <= count; place += 1)
    runs.push(await rig.siaran.startRun({ name: `${place}`, templateDetailId: 172, columns: ['phone_number'] }));
  ids = runs.map(({ id }) => id);
  const places = 'unnest($1::text[]) WITH ORDINALITY AS listed(run_id, place)';
  const fill = (sql: string) => rig.query(sql.replace('PLACES', places), [ids]);
  await fill(`
    INSERT INTO batches (id, run_id, account, number, size, status, suppressed, opened_at, closed_at, attempts, broadcast_file_id)
    SELECT run_id || '-000' || number, run_id, 'default', number, 10 * place, CASE WHEN number = 1 THEN 'unknown' ELSE 'pending' END, place,
           now() - place * interval '1 day', now() - place * interval '1 day', 2 - number, 1
    FROM PLACES, generate_series(1, 2) AS number`);
  // Of the first batch callbacks tell, and it was sent once more than wanted.
  await fill(`
    INSERT INTO attempts (batch_id, number, worker, broadcast_name, outcome, extra, broadcast_job_id, intended_at)
    SELECT run_id || '-0001', 1, 'test', '', 'unknown', true, place, now() - place * interval '1 day' FROM PLACES`);
  await fill(`
    INSERT INTO broadcast_logs (account, batch_id, phone_number, message_id, status, inferred, has_failed, failed_code)
    SELECT 'default', run_id || '-0001', 6281200000000 + 100 * place + person, 'm' || place || '.' || person, 'sent', true, person = 1, CASE WHEN person = 1 THEN 131026 END
    FROM PLACES, generate_series(1, place + 1) AS person`);
  await fill(`
    INSERT INTO doubtful_values (run_id, source, "column", kind, count, example) SELECT run_id, 'a', 'name', 'blank', place, '' FROM PLACES`);
  await fill(`
    INSERT INTO rejections (run_id, source, position, digest, reason) SELECT run_id, 'a', row, row::text, 'why' FROM PLACES, generate_series(1, place) AS row`);
  await fill(`UPDATE runs SET resend_of = ($1::text[])[place - 1] FROM PLACES WHERE id = run_id AND place % 2 = 0`);
  await rig.query(`UPDATE runs SET held_kind = 'balance', held_reason = 'too low', held_at = now() WHERE id = $1`, [
    ids[0],
  ]);
});
afterAll(() => rig.close());

/** How many statements it takes. */
async function statementsOf(act: (ctx: Context) => Promise<unknown>): Promise<number> {
  let statements = 0;
  const { db } = rig.ctx;
  const $queryRaw: Database['$queryRaw'] = (query, ...values) => {
    statements += 1;
    return db.$queryRaw(query, ...values);
  };
  await act({ ...rig.ctx, db: { ...db, $queryRaw } });
  return statements;
}

test('a list of runs asks Postgres as often as one run does', async () => {
  const one = await statementsOf((ctx) => viewRuns(ctx, ids.slice(1, 2)));
  expect(one).toBeGreaterThan(5);
  expect(await statementsOf((ctx) => viewRuns(ctx, ids.slice(1)))).toBe(one);
});

test('each run of a list has what is known of it, in the order that was asked for', async () => {
  const views = await viewRuns(rig.ctx, ids.toReversed());
  expect(views.map(({ id }) => id)).toEqual(ids.toReversed());
  for (const [at, view] of views.toReversed().entries()) {
    const place = at + 1;
    const isResend = place % 2 === 0;
    expect(view).toMatchObject({
      ...{ id: ids[at], name: `${place}`, doubtful: [{ column: 'name', kind: 'blank', count: place }] },
      recipients: { pending: 10 * place, unknown: 10 * place, suppressed: 2 * place, rejected: place },
      batches: { pending: 1, unknown: 1, scheduled: 0 },
      extraSends: [{ batchId: `${ids[at]}-0001`, broadcastJobId: place }],
      evidence: { batches: 1, reported: place + 1, of: 11 * place, settled: 0 },
      messages: {
        handedOver: 10 * place,
        sent: place,
        failed: 1,
        inferred: place + 1,
        reasons: [{ code: 131026, count: 1 }],
      },
      resendOf: isResend ? ids[at - 1] : null,
      resends: isResend || place === count ? [] : [ids[at + 1]],
      held: place === 1 ? { kind: 'balance', reason: 'too low' } : null,
    });
    // Nothing of the first one may go out, so that it isn't called stalled.
    expect(new Date(view.stalledSince ?? 0).getTime() > 0).toBe(place > 1);
    expect(view).toEqual(await viewRun(rig.ctx, view.id));
  }
  expect(new Set(views.map(({ stalledSince }) => stalledSince)).size).toBe(count);
});

test('a run that is not there is told, among others', async () => {
  await expect(viewRuns(rig.ctx, [ids[0] ?? '', 'none'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await viewRuns(rig.ctx, [])).toEqual([]);
});
