import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { finished, phoneNumber } from '../../support/rig.js';
import { delivered, item, tell } from '../../support/statuses.js';

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
  const audit = await rig.query('SELECT actor, target, detail FROM audit_entries ORDER BY id LIMIT 2');
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
