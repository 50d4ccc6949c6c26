import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber } from '../../support/rig.js';
import { item, tell } from '../../support/statuses.js';

let rig: AdminRig;

beforeAll(async () => {
  const free = { SIARAN_FREE_AUDIENCES: 'on' };
  rig = await startAdminRig({
    env: { SIARAN_CALLBACK_SECRET: 'a-secret-of-this-test', SIARAN_SETTLE_AFTER: '1s', ...free },
  });
  await rig.work();
});

afterAll(() => rig.close());

const api = '/api/v1';
const run = { name: 'December', templateDetailId: 172, columns: invoiceColumns };
const template = { templateDetailId: 172, channelId: 534, templateName: 'reminder', namespace: 'ns', language: 'id' };

test('an unknown batch is shown with its attempts, and settled in the name of whoever asks', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  const { runId } = await rig.siaran.broadcast({ ...run, recipients: invoices(3) });
  await finished(rig.siaran, runId);
  const batch = (await rig.ask('GET', `${api}/batches/${runId}-0001`)).body;
  expect(batch).toMatchObject({ status: 'unknown', history: [{ number: 1, kind: 'send', outcome: 'unknown' }] });
  const job = rig.sandbox.accepted.jobs().find(({ name }) => name.startsWith(`[${runId}-0001.1]`));
  const wrong = await rig.ask('POST', `${api}/batches/${runId}-0001/resolve`, { json: { sent: 0 } });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'USAGE' } });
  const settled = await rig.ask('POST', `${api}/batches/${runId}-0001/resolve`, {
    json: { sent: job?.id, reason: 'seen' },
  });
  expect(settled).toMatchObject({ status: 200, body: { status: 'scheduled' } });
  const after = (await rig.ask('GET', `${api}/batches/${runId}-0001`)).body;
  expect(after.history[1]).toMatchObject({ kind: 'resolve', by: 'ada', reason: 'seen', broadcastJobId: job?.id });
  const again = await rig.ask('POST', `${api}/batches/${runId}-0001/resolve`, { json: { notSent: true } });
  expect(again).toMatchObject({ status: 409, body: { code: 'NOT_UNKNOWN' } });
});

test('a batch that callbacks tell of is not called not sent but by its size, and what is insisted on is kept', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  const { runId } = await rig.siaran.broadcast({ ...run, recipients: invoices(3) });
  await finished(rig.siaran, runId);
  // What is said not to be sent would go out again, and couldn't be corrected then.
  await rig.siaran.pause(runId);
  await tell(rig, item('wamid.evidence', 'read', new Date(), phoneNumber(1)));
  const path = `${api}/batches/${runId}-0001`;
  expect((await rig.ask('GET', path)).body).toMatchObject({ evidence: { reported: 1, of: 3, settledBy: null } });
  const resolve = (json: object) => rig.ask('POST', `${path}/resolve`, { json });
  const said = { notSent: true, force: true };
  expect(await resolve(said)).toMatchObject({ status: 409, body: { code: 'EVIDENCE' } });
  expect(await resolve({ ...said, despiteEvidence: 2 })).toMatchObject({ status: 409, body: { code: 'EVIDENCE' } });
  expect(await resolve({ ...said, despiteEvidence: 3 })).toMatchObject({ status: 200, body: { status: 'uploaded' } });
  const audit = await rig.query<{ detail: object }>('SELECT detail FROM audit_entries ORDER BY id DESC LIMIT 1');
  expect(audit).toEqual([{ detail: { ...said, despiteEvidence: 3 } }]);
  expect(await resolve({ sent: 4711, correct: true })).toMatchObject({ status: 200, body: { status: 'scheduled' } });
  const { history } = (await rig.ask('GET', path)).body;
  expect(history).toMatchObject([
    { kind: 'send', despiteEvidence: false },
    { kind: 'resolve', outcome: 'not_sent', despiteEvidence: true, evidence: { reported: 1, of: 3 } },
    { kind: 'resolve', outcome: 'scheduled', despiteEvidence: false },
  ]);
});

test('a campaign is added, shown, paused, fired and removed', async () => {
  const campaign = {
    ...{ ...run, columns: ['phone_number'], name: 'Weekly "reminders" / ü' },
    audience: "sql:SELECT '6281234567890' AS phone_number",
    ...{ schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta' },
  };
  const path = `${api}/campaigns/${encodeURIComponent(campaign.name)}`;
  expect(await rig.ask('POST', `${api}/campaigns`, { json: campaign })).toMatchObject({ status: 201 });
  expect(await rig.ask('POST', `${api}/campaigns`, { json: campaign })).toMatchObject({ status: 200 });
  const other = await rig.ask('POST', `${api}/campaigns`, { json: { ...campaign, templateDetailId: 173 } });
  expect(other).toMatchObject({ status: 409, body: { code: 'CAMPAIGN_EXISTS' } });
  const often = { ...campaign, name: 'Often', schedule: '*/5 * * * *' };
  const refused = await rig.ask('POST', `${api}/campaigns`, { json: often });
  expect(refused).toMatchObject({ status: 400, body: { code: 'USAGE' } });
  expect(refused.text).toMatch(/often: true/);
  expect(await rig.ask('POST', `${api}/campaigns`, { json: { ...often, often: true } })).toMatchObject({ status: 201 });
  expect((await rig.ask('DELETE', `${api}/campaigns/Often`)).status).toBe(204);
  expect((await rig.ask('GET', `${path}/next?count=2`)).body).toMatchObject([{ files: 1 }, { files: 1 }]);
  expect((await rig.ask('POST', `${path}/pause`)).body).toMatchObject({ status: 'paused', nextAt: null });
  expect((await rig.ask('POST', `${path}/resume`)).body).toMatchObject({ status: 'active' });
  const fired = await rig.ask('POST', `${path}/fire`, { json: { asOf: new Date().toISOString() } });
  expect(fired.status).toBe(201);
  expect(await finished(rig.siaran, fired.body.runId)).toMatchObject({ recipients: { scheduled: 1 } });
  expect((await rig.ask('DELETE', path)).status).toBe(204);
  expect((await rig.ask('GET', path)).status).toBe(404);
});

test('a campaign is changed by whoever saw its version, and others get the campaign as it is', async () => {
  const campaign = {
    ...{ ...run, columns: ['phone_number'], name: 'Changing', pace: '10/1h' },
    audience: "sql:SELECT '6281234567891' AS phone_number",
    ...{ schedule: '2099-01-01T09:00:00Z' },
  };
  const path = `${api}/campaigns/Changing`;
  await rig.ask('POST', `${api}/campaigns`, { json: campaign });
  const changed = await rig.ask('PATCH', path, { json: { templateDetailId: 173, pace: null, version: 1 } });
  expect(changed).toMatchObject({
    status: 200,
    body: { version: 2, changedBy: 'ada', delivery: { pace: null }, redone: [] },
  });
  const old = await rig.ask('PATCH', path, { json: { templateDetailId: 174, version: 1 } });
  expect(old).toMatchObject({
    status: 409,
    body: { code: 'CAMPAIGN_CHANGED', current: { name: 'Changing', version: 2, templateDetailId: 173 } },
  });
  expect(await rig.ask('PATCH', path, { json: { speed: 1 } })).toMatchObject({ status: 400 });
  expect((await rig.ask('GET', `${path}/versions`)).body).toMatchObject([
    { version: 2, by: 'ada', changes: ['templateDetailId was 172, is now 173', expect.stringMatching(/^pace was/)] },
    { version: 1, by: 'ada' },
  ]);
  const { items } = (await rig.ask('GET', `${api}/audit`)).body;
  expect(items).toContainEqual(
    expect.objectContaining({
      actor: 'ada',
      action: 'campaign edit',
      target: 'Changing',
      detail: expect.objectContaining({ version: 2 }),
    }),
  );
  const { runId } = (await rig.ask('POST', `${path}/fire`, { json: { asOf: new Date().toISOString() } })).body;
  await rig.ask('POST', `${api}/runs/${runId}/cancel`);
  expect((await rig.ask('DELETE', `${path}?cancelRuns=true`)).status).toBe(204);
});

test('a message is sent once by its key, and found by its number, which a viewer sees masked', async () => {
  const message = { ...template, phoneNumber: '6281599990001', variables: ['Ada'] };
  const headers = { 'Idempotency-Key': 'INV-7' };
  const sent = await rig.ask('POST', `${api}/messages`, { json: message, headers });
  expect(sent).toMatchObject({ status: 200, body: { status: 'scheduled', broadcastLogId: expect.any(Number) } });
  expect((await rig.ask('POST', `${api}/messages`, { json: message, headers })).body).toEqual(sent.body);
  const other = await rig.ask('POST', `${api}/messages`, { json: { ...message, variables: ['Eve'] }, headers });
  expect(other).toMatchObject({ status: 409, body: { code: 'KEY_CONFLICT' } });
  const find = (phoneNumber: string, token = tokens.operator) =>
    rig.ask('POST', `${api}/recipients/search`, { json: { phoneNumber }, token });
  const found = await find('+62-815-9999-0001');
  expect(found.body).toMatchObject({ phoneNumber: '6281599990001', runs: [{ batchId: sent.body.batchId }] });
  const masked = await find('6281599990001', tokens.viewer);
  expect(masked.body.phoneNumber).toBe('6281*******01');
  expect(masked.text).not.toContain('6281599990001');
});

test('a start that has passed is refused for runs and messages, unless lateOk says that it is meant', async () => {
  const late = { startAt: new Date(Date.now() - 3_600_000).toISOString() };
  const message = { ...template, phoneNumber: '6281599990009', variables: ['Ada'], wait: '0s' };
  for (const [path, request] of [
    ['runs', run],
    ['messages', message],
  ] as const) {
    const refused = await rig.ask('POST', `${api}/${path}`, { json: { ...request, ...late } });
    expect(refused).toMatchObject({ status: 400, body: { code: 'USAGE' } });
    expect(refused.text).toMatch(/startAt is .*, which passed 60 minutes ago.*lateOk: true/);
    const taken = await rig.ask('POST', `${api}/${path}`, { json: { ...request, ...late, lateOk: true } });
    expect(taken.status).toBeLessThan(300);
  }
});

test('numbers are left alone, listed page by page, and taken off the list', async () => {
  const phoneNumbers = [phoneNumber(900_001), phoneNumber(900_002), phoneNumber(900_003)];
  const added = await rig.ask('POST', `${api}/suppressions`, { json: { phoneNumbers, reason: 'asked' } });
  expect(added.body).toEqual({ added: 3, already: 0 });
  const first = await rig.ask('GET', `${api}/suppressions?limit=2`);
  expect(first.body).toMatchObject({
    items: [{ phoneNumber: phoneNumbers[0], reason: 'asked' }, {}],
    next: expect.stringMatching(/^[\w-]{50,}$/),
  });
  expect((await rig.ask('GET', `${api}/suppressions?limit=2&cursor=${first.body.next}`)).body).toMatchObject({
    items: [{}],
    next: null,
  });
  const viewed = await rig.ask('GET', `${api}/suppressions?limit=2`, { token: tokens.viewer });
  for (const number of phoneNumbers) expect(viewed.text).not.toContain(number);
  expect((await rig.ask('DELETE', `${api}/suppressions`, { json: { phoneNumbers } })).body).toEqual({
    removed: 3,
    absent: 0,
  });
  const audit = (await rig.ask('GET', `${api}/audit?limit=2`)).body;
  expect(audit.items[0]).toMatchObject({ actor: 'ada', action: 'DELETE /api/v1/suppressions', status: 200 });
  // Whoever reads the log sees that numbers were taken off, and not which.
  for (const number of phoneNumbers) expect(JSON.stringify(audit)).not.toContain(number);
});

test('the source of a producer that died is closed, and its run ends', async () => {
  const started = await rig.ask('POST', `${api}/runs`, { json: run });
  const path = `${api}/runs/${started.body.id}`;
  async function* rows() {
    yield* invoices(1_000, 50_000);
    await new Promise(() => {});
  }
  // It is at work, and will never end.
  rig.siaran.enqueue(started.body.id, rows(), { source: 'crm' }).catch(() => {});
  await eventually(
    () => rig.siaran.run(started.body.id),
    ({ unclosedSources, recipients }) => unclosedSources.length === 1 && recipients.enqueued === 1_000,
  );
  await rig.ask('POST', `${path}/seal`);
  const close = (source: string) => rig.ask('POST', `${path}/close-source`, { json: { source } });
  expect(await close('crn')).toMatchObject({ status: 409, body: { code: 'SOURCE_CLOSED' } });
  expect(await close('crm')).toMatchObject({ status: 200, body: { source: 'crm', rows: 1_000 } });
  expect(await finished(rig.siaran, started.body.id)).toMatchObject({ outcome: 'handed_over', unclosedSources: [] });
  const audit = await rig.query<object>('SELECT action, detail FROM audit_entries ORDER BY id DESC LIMIT 1');
  expect(audit).toEqual([{ action: 'POST /api/v1/runs/:runId/close-source', detail: { source: 'crm' } }]);
});

test('held opt-outs are shown, decided about and undone; a viewer decides nothing', async () => {
  await rig.query(`INSERT INTO opt_outs (account, phone_number, kind, reference, held)
    SELECT account, 6281500000000 + n, 'preference', 'x', true FROM generate_series(1, 3) AS n, (VALUES ('default'), ('acme')) AS a(account)`);
  const held = (account: string) => ({ account, optOuts: 3, since: expect.any(String) });
  expect((await rig.ask('GET', `${api}/opt-outs/held`)).body).toEqual([held('acme'), held('default')]);
  const decide = (account: string, decision: string, token = tokens.operator) =>
    rig.ask('POST', `${api}/opt-outs/held`, { json: { account, decision }, token });
  expect((await decide('default', 'apply', tokens.viewer)).status).toBe(403);
  expect((await decide('default', 'apply')).body).toEqual({ decided: 3 });
  expect((await decide('acme', 'discard')).body).toEqual({ decided: 3 });
  expect((await rig.ask('GET', `${api}/opt-outs/held`)).body).toEqual([]);
  expect(await rig.siaran.recipient('6281500000001')).toMatchObject({ suppressed: true });
  const undo = (json: object) => rig.ask('POST', `${api}/opt-outs/undo`, { json });
  expect((await undo({})).status).toBe(400);
  expect((await undo({ account: 'default', until: '2020-01-01T00:00:00Z' })).body).toEqual({ optOuts: 0, removed: 0 });
  expect((await undo({ account: 'default', since: '2020-01-01T00:00:00Z' })).body).toEqual({ optOuts: 3, removed: 3 });
  expect(await rig.siaran.recipient('6281500000001')).toMatchObject({ suppressed: false });
});
