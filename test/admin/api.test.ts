import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../support/admin.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber } from '../support/rig.js';
import { item, tell } from '../support/statuses.js';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_CALLBACK_SECRET: 'a-secret-of-this-test', SIARAN_SETTLE_AFTER: '1s' } });
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
  const found = await rig.ask('GET', `${api}/recipients/%2B62-815-9999-0001`);
  expect(found.body).toMatchObject({ phoneNumber: '6281599990001', runs: [{ batchId: sent.body.batchId }] });
  const masked = await rig.ask('GET', `${api}/recipients/6281599990001`, { token: tokens.viewer });
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
    next: phoneNumbers[1],
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

test('no other site can act through the browser of somebody who is in', async () => {
  const { id } = await rig.siaran.startRun(run);
  for (const headers of [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
  ])
    expect(
      await rig.ask('POST', `${api}/runs/${id}/cancel`, { headers: headers as Record<string, string> }),
    ).toMatchObject({
      status: 403,
      body: { code: 'CROSS_SITE' },
    });
  expect((await rig.siaran.run(id)).status).toBe('open');
  const own = await rig.ask('POST', `${api}/runs/${id}/cancel`, {
    headers: { 'Sec-Fetch-Site': 'same-origin', Origin: rig.url },
  });
  expect(own.status).toBe(200);
});

test.each([
  ["runs/' OR 1=1 --", 404],
  ['runs/%2e%2e%2f%2e%2e%2fetc%2fpasswd', 404],
  ['runs/%00', 400],
  ['campaigns/x%00', 400],
  ["runs?cursor=' OR 1=1", 200],
  ['runs?limit=100000', 400],
  ['runs?limit=x', 400],
  ['batches/x-%27%3B', 404],
  [`recipients/${'9'.repeat(5_000)}`, 414],
  ['recipients/12', 400],
  ['suppressions?cursor=x', 400],
  ['audit?cursor=1%20OR', 400],
  ['rejections', 404],
])('%s is answered as nothing, or as wrong, and tells nothing of our insides', async (path, status) => {
  const answer = await rig.ask('GET', `${api}/${path}`);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toMatch(/prisma|postgres|node_modules|SELECT|\.ts:/i);
});

test('bodies that are too large, or none, change nothing', async () => {
  const large = await rig.ask('POST', `${api}/runs`, { json: { ...run, name: 'x'.repeat(2_000_000) } });
  expect(large).toMatchObject({ status: 413 });
  const broken = await rig.ask('POST', `${api}/runs`, {
    body: '{"name":',
    headers: { 'Content-Type': 'application/json' },
  });
  expect(broken.status).toBe(400);
  const odd = await rig.ask('POST', `${api}/runs`, { body: 'x', headers: { 'Content-Type': 'application/xml' } });
  expect(odd.status).toBe(415);
  const nul = await rig.ask('POST', `${api}/runs`, { json: { ...run, name: 'a \0 in it' } });
  expect(nul).toMatchObject({ status: 400, body: { detail: expect.stringContaining('NUL') } });
  const { id } = await rig.siaran.startRun(run);
  const form = await rig.ask('POST', `${api}/runs/${id}/recipients`, { json: [{ phone_number: '1' }] });
  expect(form.status).toBe(400);
  const columns = await rig.ask('POST', `${api}/runs/${id}/recipients`, {
    body: 'phone_number\n6281234567890\n',
    headers: { 'Content-Type': 'text/csv' },
  });
  expect(columns).toMatchObject({ status: 400, body: { detail: expect.stringContaining('customer_name') } });
});

test('a producer that breaks off half-way completes it by sending the same again', async () => {
  const { id } = await rig.siaran.startRun(run);
  const line = (index: number) => `${JSON.stringify([...invoices(1, index)][0])}\n`;
  const head = `POST ${api}/runs/${id}/recipients?source=crm HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.operator}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const socket = connect(Number(new URL(rig.url).port), '127.0.0.1');
  const part = Array.from({ length: 1_500 }, (_, index) => line(index)).join('');
  socket.write(`${head}${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`);
  await eventually(
    () => rig.siaran.run(id),
    (seen) => seen.recipients.enqueued >= 1_000,
  );
  socket.destroy();
  expect((await rig.siaran.run(id)).unclosedIntakes).toBe(1);
  const whole = Array.from({ length: 1_800 }, (_, index) => line(index)).join('');
  const again = await rig.ask('POST', `${api}/runs/${id}/recipients?source=crm`, {
    body: whole,
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
  expect(again.body).toEqual({ accepted: 1_800, rejected: 0 });
  await rig.ask('POST', `${api}/runs/${id}/seal`);
  expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 1_800 } });
});

test('callbacks come in beside the rest, by their secret alone', async () => {
  const path = '/callbacks/qiscus/a-secret-of-this-test';
  const unknown = { statuses: [{ id: 'wamid.none', status: 'read', recipient_id: '6281500000000' }] };
  expect(await rig.ask('POST', path, { token: null, json: unknown })).toMatchObject({
    status: 404,
    body: { error: expect.any(String) },
  });
  expect((await rig.ask('POST', path, { token: null, json: { messages: [] } })).status).toBe(200);
  expect(
    (await rig.ask('POST', '/callbacks/qiscus/wrong-secret-0123456789', { token: null, json: unknown })).status,
  ).toBe(404);
  expect((await rig.ask('GET', path, { token: null })).status).toBe(405);
});

test('a run of 10,000 batches is listed page by page', async () => {
  const { id } = await rig.siaran.startRun(run);
  await rig.query(
    `INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id, broadcast_job_id)
     SELECT $1 || '-' || lpad(n::text, greatest(4, length(n::text)), '0'), $1, 'default', n, 0, 'scheduled', now(), n, n FROM generate_series(1, 10000) AS n`,
    [id],
  );
  let [cursor, seen]: [string | null, number] = ['0', 0];
  while (cursor !== null) {
    const page: { body: { items: unknown[]; next: string | null } } = await rig.ask(
      'GET',
      `${api}/runs/${id}/batches?limit=1000&cursor=${cursor}`,
    );
    seen += page.body.items.length;
    cursor = page.body.next;
  }
  expect(seen).toBe(10_000);
  await rig.query('DELETE FROM batches WHERE run_id = $1', [id]);
});

test('JSON that is nested without end, or wrong in every place, is refused in few words', async () => {
  const deep = `{"name":${'['.repeat(400_000)}${']'.repeat(400_000)}}`;
  const headers = { 'Content-Type': 'application/json' };
  const nested = await rig.ask('POST', `${api}/runs`, { body: deep, headers });
  expect(nested).toMatchObject({ status: 400, body: { code: 'USAGE', detail: 'It is nested too deep.' } });
  const wrong = await rig.ask('POST', `${api}/runs`, { json: { ...run, columns: Array(50_000).fill(1) } });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'USAGE' } });
  expect(wrong.text.length).toBeLessThan(5_000);
  const called = await rig.ask('POST', '/callbacks/qiscus/a-secret-of-this-test', {
    body: `{"statuses":[{"id":"x","status":"failed","timestamp":1,"errors":[{"code":${deep.slice('{"name":'.length, -1)}}]}]}`,
    headers,
    token: null,
  });
  expect(called.status).toBe(404);
});
