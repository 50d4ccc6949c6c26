import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { finished, invoiceColumns, invoices } from '../../support/rig.js';
import { hiddenIn, openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let get: Visitors['get'];
let post: Visitors['post'];

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_SETTLE_AFTER: '1s' } });
  await rig.work();
  ({ get, post } = await openVisitors(rig));
});

afterAll(() => rig.close());

const api = '/api/v1';
const run = { name: 'December', templateDetailId: 172, columns: invoiceColumns };

/** Opens a page, lets something happen, and answers the page's question. The next answer is to the page that came of it. */
async function answerLate(path: string, happens: () => Promise<unknown>, form: Record<string, string> = {}) {
  const page = await get(path);
  expect(page.status).toBe(200);
  await happens();
  const late = await post(path, { ...hiddenIn(page), ...form });
  expect(late.status).toBe(409);
  expect(late.text).toContain('has changed since');
  return { late, again: () => post(path, { ...hiddenIn(late), ...form }) };
}

async function runWith(status: 'failed' | 'unknown', times: number): Promise<string> {
  const failed = { on: 'send', kind: 'http', status: 422, message: 'no such template', times } as const;
  const unknown = { on: 'send', kind: 'close-after-accepting', times } as const;
  rig.sandbox.setFaults([status === 'failed' ? failed : unknown]);
  const { runId } = await rig.siaran.broadcast({ ...run, recipients: invoices(3) });
  await finished(rig.siaran, runId);
  return runId;
}

test('a hold that came after a resume page was opened stays', async () => {
  const { id } = await rig.siaran.startRun(run);
  await rig.siaran.pause(id);
  const hold = () =>
    rig.query(
      `UPDATE runs SET paused_at = NULL, held_kind = 'balance', held_reason = 'no money', held_at = now() WHERE id = $1`,
      [id],
    );
  const { late, again } = await answerLate(`/runs/${id}/resume`, hold);
  expect(late.text).toContain('no money');
  expect(await rig.siaran.run(id)).toMatchObject({ held: { kind: 'balance' } });
  expect((await again()).status).toBe(303);
  expect(await rig.siaran.run(id)).toMatchObject({ held: null });
});

test.each(['pause', 'seal', 'cancel'])('a run is not %s-ed from a page that is older than its hold', async (what) => {
  const { id } = await rig.siaran.startRun(run);
  const marks = () => rig.query('SELECT paused_at, sealed_at, cancelled_at FROM runs WHERE id = $1', [id]);
  const before = await marks();
  const hold = () =>
    rig.query(`UPDATE runs SET held_kind = 'balance', held_reason = 'no money', held_at = now() WHERE id = $1`, [id]);
  const { again } = await answerLate(`/runs/${id}/${what}`, hold);
  expect(await marks()).toEqual(before);
  expect((await again()).status).toBe(303);
  expect(await marks()).not.toEqual(before);
});

test('what failed since a retry page was opened is not retried with the rest', async () => {
  const runId = await runWith('failed', 1);
  // What is retried stays where it is.
  await rig.siaran.pause(runId);
  const failMore = () =>
    rig.query(
      `INSERT INTO batches (id, run_id, account, number, size, status, closed_at, claim_number) VALUES ($1 || '-0002', $1, 'default', 2, 0, 'failed', now(), 1)`,
      [runId],
    );
  const { late } = await answerLate(`/runs/${runId}/retry`, failMore);
  expect(late.text).toContain('2 batches that failed');
  expect(await rig.siaran.batches(runId, { status: 'failed' })).toHaveLength(2);
  const seen = (await rig.ask('GET', `${api}/runs/${runId}`)).body;
  // The same batches, of which one was delivered once more and failed again.
  await rig.query(`UPDATE batches SET claim_number = claim_number + 1 WHERE id = $1 || '-0001'`, [runId]);
  const refused = await rig.ask('POST', `${api}/runs/${runId}/retry`, { json: { ifState: seen.failedState } });
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'CHANGED_MEANWHILE', current: { batches: { failed: 2 } } },
  });
  const { failedState } = refused.body.current;
  const retried = await rig.ask('POST', `${api}/runs/${runId}/retry`, { json: { ifState: failedState } });
  expect(retried).toMatchObject({ status: 200, body: { batches: 2 } });
});

test('a batch that was delivered since is neither retried nor resolved from an old page', async () => {
  const failed = await runWith('failed', 1);
  await rig.siaran.pause(failed);
  const retried = await answerLate(`/batches/${failed}-0001/retry`, () =>
    rig.query(`UPDATE batches SET claim_number = claim_number + 1 WHERE id = $1 || '-0001'`, [failed]),
  );
  expect(await rig.siaran.run(failed)).toMatchObject({ batches: { failed: 1 } });
  expect((await retried.again()).status).toBe(303);
  const unknown = await runWith('unknown', 1);
  const sentAgain = () =>
    rig.query(
      `WITH sent AS (INSERT INTO attempts (batch_id, number, worker, broadcast_name, token) VALUES ($1 || '-0001', 2, 'w', 'x', gen_random_uuid()) RETURNING id)
       UPDATE batches SET attempts = 2 WHERE id = $1 || '-0001'`,
      [unknown],
    );
  const form = { found: 'sent', job: '77' };
  const { again } = await answerLate(`/batches/${unknown}-0001/resolve`, sentAgain, form);
  expect(await rig.siaran.run(unknown)).toMatchObject({ batches: { unknown: 1 } });
  expect((await again()).status).toBe(303);
  const seen = (await rig.ask('GET', `${api}/batches/${unknown}-0001`)).body;
  const correction = { notSent: true, force: true, correct: true };
  const old = await rig.ask('POST', `${api}/batches/${unknown}-0001/resolve`, {
    json: { ...correction, ifState: 'old' },
  });
  expect(old).toMatchObject({ status: 409, body: { code: 'CHANGED_MEANWHILE', current: { state: seen.state } } });
});

test('another campaign of the name is not fired, paused, or removed from an old page', async () => {
  const campaign = {
    ...run,
    name: 'Weekly',
    columns: ['phone_number'],
    schedule: '0 9 * * mon',
    timeZone: 'Asia/Jakarta',
  };
  const audience = "sql:SELECT '6281234567890' AS phone_number";
  const replace = async () => {
    await rig.siaran.removeCampaign('Weekly');
    await rig.siaran.addCampaign({ ...campaign, templateDetailId: 999, audience } as never);
  };
  await rig.siaran.addCampaign({ ...campaign, audience } as never);
  const { again } = await answerLate('/campaigns/Weekly/fire', replace);
  expect(await rig.siaran.campaign('Weekly')).toMatchObject({ templateDetailId: 999, firings: [] });
  const fired = await again();
  expect(fired.headers.get('location')).toMatch(/^\/runs\/r/);
  await answerLate('/campaigns/Weekly/pause', replace);
  expect(await rig.siaran.campaign('Weekly')).toMatchObject({ status: 'active' });
  const seen = (await rig.ask('GET', `${api}/campaigns/Weekly`)).body;
  await rig.ask('POST', `${api}/campaigns/Weekly/pause`, { json: { ifState: seen.state } });
  for (const [method, path, json] of [
    ['POST', 'Weekly/resume', { ifState: seen.state }],
    ['POST', 'Weekly/fire', { ifState: seen.state, asOf: new Date().toISOString() }],
    ['DELETE', `Weekly?ifState=${seen.state}`, undefined],
  ] as const) {
    const refused = await rig.ask(method, `${api}/campaigns/${path}`, { json });
    expect(refused).toMatchObject({ status: 409, body: { code: 'CHANGED_MEANWHILE', current: { status: 'paused' } } });
  }
  expect((await rig.ask('DELETE', `${api}/campaigns/Weekly`)).status).toBeLessThan(300);
});

test('a hold of an account that came since the page was opened is not lifted with those that were seen', async () => {
  const hold = (kind: string) =>
    rig.query(
      `INSERT INTO holds (account, kind, reason, failures) SELECT name, $1, 'as seen', 3 FROM accounts LIMIT 1
       ON CONFLICT (account, kind) DO UPDATE SET failures = holds.failures + 1`,
      [kind],
    );
  await hold('unknowns');
  const { late, again } = await answerLate('/health/resume', () => hold('refused'));
  expect(late.text).toContain('Lift 2 holds?');
  const { body: seen } = await rig.ask('GET', `${api}/holds`);
  expect(seen).toHaveLength(2);
  // One more send without an answer, although the account is held for that already.
  await hold('unknowns');
  const ifHolds = seen.map(({ id }: { id: string }) => id);
  const refused = await rig.ask('POST', `${api}/holds/resume`, { json: { ifHolds } });
  expect(refused).toMatchObject({ status: 409, body: { code: 'CHANGED_MEANWHILE' } });
  expect(refused.body.current).toHaveLength(2);
  expect((await again()).status).toBe(409);
  const lifted = await rig.ask('POST', `${api}/holds/resume`, {
    json: { ifHolds: refused.body.current.map(({ id }: { id: string }) => id) },
  });
  expect(lifted.body).toHaveLength(2);
  expect((await rig.ask('POST', `${api}/holds/resume`)).body).toEqual([]);
});
