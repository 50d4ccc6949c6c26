import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { batchStatuses } from '../../src/domain/runs/batch.js';
import { freePort } from '../../src/local/processes.js';
import { chunkRun } from '../../src/pipeline/chunking/chunk.js';
import { type AdminRig, startAdminRig, tokens } from '../support/admin.js';
import { type Figures, scrape, total } from '../support/figures.js';
import { eventually, finished, invoiceColumns, invoices } from '../support/rig.js';

let rig: AdminRig;
const requests = new Map<string, number>();

beforeEach(async () => {
  requests.clear();
  rig = await startAdminRig({
    sandbox: { onRequest: ({ path }) => requests.set(path, (requests.get(path) ?? 0) + 1) },
    env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' },
  });
});
afterEach(() => rig.close());

const december = { name: 'December', templateDetailId: 172, columns: invoiceColumns };
const look = () => scrape(rig.url, tokens.viewer);

async function startWatchedWorker() {
  const port = await freePort();
  const workers = await rig.work({ SIARAN_WORKER_PORT: String(port) });
  return { workers, url: `http://127.0.0.1:${port}` };
}

function byState(figures: Figures, name: string): Record<string, number> {
  return Object.fromEntries(
    batchStatuses.map((state) => [state, figures.get(`${name}{account="default",state="${state}"}`) ?? -1]),
  );
}

test('what a scrape says of a run that was delivered is what the run says of itself', async () => {
  const { url } = await startWatchedWorker();
  const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(2_500) });
  const run = await finished(rig.siaran, runId);
  for (const figures of [
    await look(),
    await eventually(
      () => scrape(url),
      (seen) => total(seen, 'siaran_batches') === 3,
    ),
  ]) {
    const { pending, uploaded, sending, scheduled, failed, unknown, cancelled } = run.recipients;
    const states = { pending, uploaded, sending, scheduled, failed, unknown, cancelled };
    expect(byState(figures, 'siaran_recipients')).toEqual(states);
    expect(byState(figures, 'siaran_batches')).toEqual(run.batches);
    expect(figures.get('siaran_up{service="postgres"}')).toBe(1);
    expect(figures.get('siaran_up{service="redis"}')).toBe(1);
    expect(figures.get('siaran_unknown_batches{account="default"}')).toBe(0);
    expect(figures.get('siaran_oldest_unfinished_batch_age_seconds')).toBe(0);
    expect(figures.get('siaran_buffer_rows')).toBe(0);
    expect(figures.get('siaran_missing_rows')).toBe(0);
    expect(total(figures, 'siaran_holds')).toBe(0);
    expect(figures.get('siaran_workers')).toBe(1);
    expect(figures.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  }
});

test('failed, unknown and held batches, and rows that wait, are told as they stand', async () => {
  rig.sandbox.setFaults([
    { on: 'send', kind: 'http', status: 422, match: 'refused' },
    { on: 'send', kind: 'close-after-accepting', match: 'lost' },
  ]);
  const { url, workers } = await startWatchedWorker();
  const [refused, lost] = [
    await rig.siaran.broadcast({ ...december, name: 'refused', recipients: invoices(20) }),
    await rig.siaran.broadcast({ ...december, name: 'lost', recipients: invoices(30) }),
  ];
  for (const { runId } of [refused, lost]) await finished(rig.siaran, runId);
  rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 401 }]);
  const held = await rig.siaran.broadcast({ ...december, name: 'held', recipients: invoices(1_040) });
  await eventually(look, (figures) => figures.get('siaran_holds{account="default",kind="refused"}') === 1);
  const calls = await scrape(url);
  await workers.close();
  const waiting = await rig.siaran.startRun({ ...december, name: 'waiting' });
  await rig.siaran.enqueue(waiting.id, invoices(70));
  const figures = await eventually(look, (seen) => seen.get('siaran_buffer_rows') === 70);
  expect(byState(figures, 'siaran_recipients')).toMatchObject({
    pending: 1_040,
    failed: 20,
    unknown: 30,
    scheduled: 0,
  });
  expect(byState(figures, 'siaran_batches')).toMatchObject({ pending: 2, failed: 1, unknown: 1, scheduled: 0 });
  expect(figures.get('siaran_unknown_batches{account="default"}')).toBe(1);
  expect(figures.get('siaran_oldest_unfinished_batch_age_seconds')).toBeGreaterThan(0);
  expect(figures.get('siaran_workers')).toBe(0);
  expect(total(calls, 'siaran_attempts_total', 'outcome="failed"')).toBe(1);
  expect(total(calls, 'siaran_attempts_total', 'outcome="unknown"')).toBe(1);
  expect(total(calls, 'siaran_attempt_recipients_total', 'outcome="unknown"')).toBe(30);
  expect(total(calls, 'siaran_provider_calls_total', 'endpoint="send_broadcast"', 'answer="422"')).toBe(1);
  expect(total(calls, 'siaran_provider_calls_total', 'answer="no_answer_unknown"')).toBe(1);
  expect(total(calls, 'siaran_provider_calls_total', 'endpoint="upload_csv"', 'answer="401"')).toBeGreaterThan(0);
  await rig.siaran.pause(held.runId);
  const paused = await eventually(look, (seen) => seen.get('siaran_oldest_unfinished_batch_age_seconds') === 0);
  expect(byState(paused, 'siaran_batches')).toMatchObject({ pending: 2 });
});

test('calls of the provider are counted as the provider counts them', async () => {
  const { url } = await startWatchedWorker();
  rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status: 500, times: 1 }]);
  const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(3_200) });
  await finished(rig.siaran, runId);
  await rig.siaran.sendMessage({
    ...{ phoneNumber: '6281234567890', variables: ['x'], channelId: 1, templateDetailId: 172 },
    ...{ templateName: 'otp', namespace: 'n', language: 'id' },
  });
  const figures = await eventually(
    () => scrape(url),
    (seen) => total(seen, 'siaran_attempts_total', 'scheduled') === 5,
  );
  for (const endpoint of ['upload_csv', 'send_broadcast', 'client']) {
    const seen = requests.get(`/api/v3/admin/broadcast/${endpoint}`);
    expect(seen).toBeGreaterThan(0);
    expect(total(figures, 'siaran_provider_calls_total', `endpoint="${endpoint}"`)).toBe(seen);
    expect(total(figures, 'siaran_provider_call_duration_seconds_count', `endpoint="${endpoint}"`)).toBe(seen);
  }
  expect(total(figures, 'siaran_provider_calls_total', 'answer="500"')).toBe(1);
  expect(total(figures, 'siaran_attempt_recipients_total', 'scheduled')).toBe(3_201);
});

test('rows that Redis lost are told as missing, those on their way are not', async () => {
  const { id } = await rig.siaran.startRun(december);
  await rig.siaran.enqueue(id, invoices(1_500), { source: 'a' });
  expect(await look()).toEqual(expect.anything());
  await chunkRun(rig.ctx, id);
  await rig.siaran.enqueue(id, invoices(200, 1_500), { source: 'b' });
  const before = await eventually(look, (seen) => seen.get('siaran_buffer_rows') === 200);
  expect(before.get('siaran_missing_rows')).toBe(0);
  await rig.redis.del(...(await rig.redis.keys(`*{${id}}*`)));
  const after = await eventually(look, (seen) => seen.get('siaran_missing_rows') !== 0);
  expect(after.get('siaran_missing_rows')).toBe(200);
  expect(after.get('siaran_buffer_rows')).toBe(0);
});

test('a hundred thousand batches of ten thousand runs are counted in less than a second', async () => {
  await rig.query(`
    INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at, finished_at)
    SELECT 'r' || lpad(i::text, 8, '0'), 'n', 'default', 1, '{phone_number}', ',', '{}', now() - i * interval '1 minute', now(), now(),
           CASE WHEN i > 1000 THEN now() END FROM generate_series(1, 10000) i`);
  await rig.query(`
    INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id, broadcast_job_id, attempts, upload_answer, broadcast_job)
    SELECT r.id || '-' || n, r.id, 'default', n, 1000, CASE WHEN finished_at IS NULL THEN 'uploaded' ELSE 'scheduled' END, now() - interval '90 s',
           1, CASE WHEN finished_at IS NOT NULL THEN 2 END, 1, jsonb_build_object('text', repeat('x', 400)), jsonb_build_object('text', repeat('y', 400))
    FROM runs r, generate_series(1, 10) n`);
  await rig.query('ANALYZE runs; ANALYZE batches');
  await look();
  const took: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const begun = performance.now();
    const figures = await look();
    took.push(Math.round(performance.now() - begun));
    // A day has 1,440 minutes.
    expect(byState(figures, 'siaran_batches')).toMatchObject({ uploaded: 10_000, scheduled: 4_390 });
    expect(figures.get('siaran_oldest_unfinished_batch_age_seconds')).toBeGreaterThan(89);
  }
  expect(Math.min(...took)).toBeLessThan(1_000);
});
