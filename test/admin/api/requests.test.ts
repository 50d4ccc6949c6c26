import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { eventually, finished, invoiceColumns, invoices } from '../../support/rig.js';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_CALLBACK_SECRET: 'a-secret-of-this-test', SIARAN_SETTLE_AFTER: '1s' } });
  await rig.work();
});

afterAll(() => rig.close());

const api = '/api/v1';
const run = { name: 'December', templateDetailId: 172, columns: invoiceColumns };

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
  [`runs/${'9'.repeat(5_000)}`, 414],
  ['recipients/12', 404],
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
    status: 200,
    body: { updated: 0, ignored: 0, unknown: 1 },
  });
  expect((await rig.ask('POST', path, { token: null, json: { messages: [] } })).status).toBe(200);
  expect(
    (await rig.ask('POST', '/callbacks/qiscus/wrong-secret-0123456789', { token: null, json: unknown })).status,
  ).toBe(404);
  expect((await rig.ask('GET', path, { token: null })).status).toBe(200);
  expect((await rig.ask('PUT', path, { token: null })).status).toBe(405);
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
  expect(called).toMatchObject({ status: 200, body: { unknown: 1 } });
});
