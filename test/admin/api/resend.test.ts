import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { retryNext } from '../../../src/pipeline/resending/retry-failures.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { eventually, finished, phoneNumber } from '../../support/rig.js';
import { delivered, item, tell } from '../../support/statuses.js';
import { openVisitors } from '../visitors.js';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
  await rig.work();
});
afterAll(() => rig.close());

test('over HTTP a run is counted, sent again once, and both tell of each other', async () => {
  const runId = await delivered(rig, [phoneNumber(1), phoneNumber(2)], 30);
  await tell(rig, item('wamid.1', 'failed', new Date(Date.now() - 100_000_000), phoneNumber(1), 131026));
  const path = `/api/v1/runs/${runId}/resend`;
  const counted = await rig.ask('POST', path, { json: { failed: true, dryRun: true } });
  const leftOut = { unanswered: 1 };
  expect(counted).toMatchObject({ status: 200, body: { runId: null, recipients: 1, leftOut } });
  const resent = await rig.ask('POST', path, { json: { failed: true, codes: [131026], templateDetailId: 173 } });
  expect(resent).toMatchObject({ status: 200, body: { runId: expect.any(String), recipients: 1, leftOut } });
  const again = await rig.ask('POST', path, { json: { failed: true, codes: [131026] } });
  expect(again.body).toEqual({ runId: resent.body.runId, recipients: 1, leftOut: {}, already: true });
  await finished(rig.siaran, resent.body.runId);
  const { body } = await rig.ask('GET', `/api/v1/runs/${resent.body.runId}`);
  expect(body).toMatchObject({ resendOf: runId, templateDetailId: 173 });
  expect((await rig.ask('GET', `/api/v1/runs/${runId}`)).body).toMatchObject({ resends: [resent.body.runId] });
  const audit = await rig.query(
    "SELECT actor, target, detail FROM audit_entries WHERE action LIKE 'POST %/resend' ORDER BY id LIMIT 2",
  );
  expect(audit[1]).toEqual({
    ...{ actor: 'ada', target: runId, detail: { failed: true, codes: [131026], templateDetailId: 173 } },
  });
});

test('viewers may not, and what is wrong is named', async () => {
  const path = '/api/v1/runs/rnobody00/resend';
  const refused = await rig.ask('POST', path, { json: { failed: true }, token: tokens.viewer });
  expect(refused).toMatchObject({ status: 403, body: { code: 'ROLE' } });
  expect(await rig.ask('POST', path, { json: { failed: true } })).toMatchObject({ status: 404 });
  expect(await rig.ask('POST', path, { json: {} })).toMatchObject({ status: 400, body: { code: 'USAGE' } });
});

test('a run that is to be sent again by itself says so over HTTP and on its page', async () => {
  const retryAfterFailure = { codes: [131026], after: '24h', times: 2 };
  const run = { name: 'December', templateDetailId: 172, columns: ['phone_number'], key: 'retried' };
  const wrong = await rig.ask('POST', '/api/v1/runs', {
    json: { ...run, retryAfterFailure: { codes: [131026], after: '1m', times: 2 } },
  });
  expect(wrong).toMatchObject({
    ...{ status: 400, body: { detail: expect.stringContaining('retryAfterFailure.after is "1m"') } },
  });
  const unknown = await rig.ask('POST', '/api/v1/runs', { json: { ...run, retryAfterFailure: { codes: [131026] } } });
  expect(unknown).toMatchObject({ status: 400, body: { detail: expect.stringContaining('retryAfterFailure') } });
  const started = await rig.ask('POST', '/api/v1/runs', { json: { ...run, retryAfterFailure } });
  const { id } = started.body as { id: string };
  await rig.siaran.enqueue(id, [{ phone_number: phoneNumber(9) }]);
  await rig.siaran.seal(id);
  await finished(rig.siaran, id);
  // Workers look every half minute, for which nobody waits here.
  const lookedAt = async () => {
    while (await retryNext(rig.ctx));
    return rig.ask('GET', `/api/v1/runs/${id}`);
  };
  const { body } = await eventually(lookedAt, (seen) => seen.body.retry.at !== null);
  expect(body).toMatchObject({
    retryAfterFailure: { codes: [131026], afterMs: 86_400_000, times: 2 },
    retry: { turn: 0, outcome: null, reason: null, runId: null },
  });
  const { get, confirm } = await openVisitors(rig);
  const page = (await get(`/runs/${id}`)).text;
  expect(page).toMatch(
    /those who failed with 131026, 1d after the last start, up to 2 times: <span class="words">next at <time/,
  );
  // An operator can stop that although the run has ended.
  expect((await get(`/runs/${id}/cancel`)).text).toContain('Nor is it sent again by itself.');
  expect((await confirm(`/runs/${id}/pause`)).status).toBe(303);
  expect((await rig.ask('GET', `/api/v1/runs/${id}`)).body.retry).toMatchObject({
    at: null,
    reason: 'the run is paused',
  });
  expect((await confirm(`/runs/${id}/resume`)).status).toBe(303);
  // Sent again before its time, by a worker that finds it there.
  await tell(rig, item('wamid.9', 'failed', new Date(), phoneNumber(9), 131026));
  await rig.query("UPDATE batches SET handed_over_at = now() - interval '30 hours' WHERE run_id = $1", [id]);
  await rig.query('UPDATE runs SET retry_at = now() WHERE id = $1', [id]);
  const again = await eventually(lookedAt, (seen) => seen.body.retry.outcome !== null);
  expect(again.body.retry).toMatchObject({ outcome: 'sent_again', runId: again.body.resends[0] });
  expect((await get(`/runs/${id}`)).text).toContain(`done, as <a href="/runs/${again.body.resends[0]}">`);
  expect((await get('/audit')).text).toMatch(/Siaran.*retry after failure/s);
});
