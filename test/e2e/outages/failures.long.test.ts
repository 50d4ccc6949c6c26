import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FaultRequest } from '../../../src/sandbox/faults.js';
import {
  eventually,
  finished,
  invoiceColumns,
  invoices,
  type Rig,
  secretKey,
  startRig,
  sumOfRecipients,
} from '../../support/rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '2s', SIARAN_CONCURRENCY: '1' } });
});
afterEach(() => rig.close());

const december = { name: 'December invoices', templateDetailId: 172, columns: invoiceColumns };

async function broadcastOf(count: number): Promise<string> {
  const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(count) });
  return runId;
}

/** How often the provider took each number, at most and at least. */
function deliveries(): { numbers: number; most: number } {
  const counts = [...rig.sandbox.accepted.deliveries().values()];
  return { numbers: counts.length, most: Math.max(0, ...counts) };
}

describe('a send that', () => {
  const unknown: [string, FaultRequest, number][] = [
    ['is answered with a 500', { on: 'send', kind: 'http', status: 500 }, 0],
    ['is answered with a 500 although it was accepted', { on: 'send', kind: 'http', status: 504, accepted: true }, 10],
    ['is answered with a 408', { on: 'send', kind: 'http', status: 408 }, 0],
    ['is answered with a 409', { on: 'send', kind: 'http', status: 409 }, 0],
    ['loses its connection before it is read', { on: 'send', kind: 'close-before-reading' }, 0],
    ['loses its connection after it was read', { on: 'send', kind: 'close-after-reading' }, 0],
    ['loses its connection after it was accepted', { on: 'send', kind: 'close-after-accepting' }, 10],
    ['is never answered', { on: 'send', kind: 'hang-before-accepting' }, 0],
    ['is accepted and never answered', { on: 'send', kind: 'hang-after-accepting' }, 10],
    ['is answered unreadably', { on: 'send', kind: 'unreadable-accepted' }, 10],
    ['is answered without end', { on: 'send', kind: 'huge-body', bytes: 5_000_000 }, 0],
  ];
  test.each(unknown)('%s is unknown and never sent again', async (_name, fault, taken) => {
    rig.sandbox.setFaults([fault]);
    await rig.work();
    const runId = await broadcastOf(10);
    const run = await finished(rig.siaran, runId);
    expect(run).toMatchObject({ outcome: 'needs_attention', batches: { unknown: 1 }, recipients: { unknown: 10 } });
    expect(deliveries().numbers).toBe(taken);

    rig.sandbox.setFaults([]);
    await expect(rig.siaran.retry(runId)).resolves.toEqual({ batches: 0, recipients: 0 });
    await rig.work();
    // Another run's batch goes through: whoever would send the unknown one again has had the chance to.
    const { runId: next } = await rig.siaran.broadcast({ ...december, name: 'next', recipients: invoices(5, 100) });
    await finished(rig.siaran, next);
    expect(await rig.siaran.batches(runId)).toMatchObject([
      { status: 'unknown', attempts: 1, error: expect.any(String) },
    ]);
    expect(deliveries()).toEqual({ numbers: taken + 5, most: 1 });
  });

  const failed: [string, FaultRequest, string][] = [
    [
      'is refused with a 422',
      { on: 'send', kind: 'http', status: 422, message: 'template was paused' },
      'HTTP 422: template was paused',
    ],
    [
      'is refused with a 404',
      { on: 'send', kind: 'http', status: 404, message: 'no such file' },
      'HTTP 404: no such file',
    ],
    ['is redirected', { on: 'send', kind: 'http', status: 302, message: 'moved' }, 'HTTP 302: moved'],
    [
      'is refused in a 200',
      { on: 'send', kind: 'error-in-200', message: 'quota exceeded' },
      'HTTP 200: quota exceeded',
    ],
  ];
  test.each(failed)("%s fails with the provider's words, and retry delivers it", async (_name, fault, words) => {
    rig.sandbox.setFaults([fault]);
    await rig.work();
    const runId = await broadcastOf(10);
    const run = await finished(rig.siaran, runId);
    expect(run).toMatchObject({ outcome: 'refused', recipients: { failed: 10 } });
    expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'failed', error: words, attempts: 1 }]);
    expect(rig.sandbox.accepted.summary().requests.send).toBe(1);

    rig.sandbox.setFaults([]);
    const [first, second] = await Promise.all([rig.siaran.retry(runId), rig.siaran.retry(runId)]);
    expect(first.batches + second.batches).toBe(1);
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 10 } });
    expect(await rig.siaran.batches(runId)).toMatchObject([{ attempts: 2, error: null }]);
    expect(rig.sandbox.accepted.jobs().at(-1)?.name).toBe(`[${runId}-0001.2] December invoices`);
    expect(deliveries()).toEqual({ numbers: 10, most: 1 });
  });

  test('is throttled waits for Retry-After and then goes out', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 429, retryAfterSeconds: 3, times: 1 }]);
    await rig.work();
    const started = Date.now();
    const runId = await broadcastOf(10);
    expect(
      await eventually(
        () => rig.siaran.run(runId),
        (run) => run.held !== null,
      ),
    ).toMatchObject({ held: { kind: 'rate_limited' } });
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', held: null });
    expect(Date.now() - started).toBeGreaterThanOrEqual(3_000);
    expect(rig.sandbox.accepted.summary().requests).toMatchObject({ upload: 1, send: 2 });
    expect(deliveries()).toEqual({ numbers: 10, most: 1 });
  });

  test.each([401, 402, 403])(
    'is answered with %i fails nothing: the account is held, and goes on when it is accepted again',
    async (status) => {
      rig.sandbox.setFaults([{ on: 'send', kind: 'http', status, message: 'not today', times: 2 }]);
      await rig.work();
      const runId = await broadcastOf(10);
      const held = await eventually(
        () => rig.siaran.run(runId),
        (run) => run.held !== null && run.batches.uploaded === 1,
      );
      expect(held).toMatchObject({
        held: { kind: 'refused', reason: `HTTP ${status}: not today` },
        batches: { failed: 0 },
      });
      expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', held: null });
      expect(deliveries()).toEqual({ numbers: 10, most: 1 });
    },
  );

  test('ends without an answer three times in a row holds the account until an operator says so', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting' }]);
    await rig.work();
    const runId = await broadcastOf(5_000);
    const held = await eventually(
      () => rig.siaran.run(runId),
      (run) => run.held !== null && run.batches.unknown === 3,
    );
    expect(held).toMatchObject({ held: { kind: 'unknowns', until: null }, batches: { unknown: 3 } });
    rig.sandbox.setFaults([]);
    expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'unknowns' } });
    expect(await rig.siaran.resumeAll()).toMatchObject([{ account: 'default', kind: 'unknowns' }]);
    const run = await finished(rig.siaran, runId);
    expect(run).toMatchObject({ outcome: 'needs_attention', batches: { unknown: 3, scheduled: 2 }, held: null });
    expect(sumOfRecipients(run)).toBe(5_000);
    expect(deliveries()).toEqual({ numbers: 5_000, most: 1 });
  });
});

describe('an upload that', () => {
  const passing: [string, FaultRequest][] = [
    ['is answered with a 500', { on: 'upload', kind: 'http', status: 500, times: 2 }],
    ['is answered with a 503', { on: 'upload', kind: 'http', status: 503, times: 1 }],
    ['is throttled without Retry-After', { on: 'upload', kind: 'http', status: 429, times: 1 }],
    ['loses its connection', { on: 'upload', kind: 'close-after-accepting', times: 1 }],
    ['is never answered', { on: 'upload', kind: 'hang-before-accepting', times: 1 }],
    ['is answered unreadably', { on: 'upload', kind: 'unreadable-refused', times: 1 }],
  ];
  test.each(passing)('%s is made again by itself', async (_name, fault) => {
    rig.sandbox.setFaults([fault]);
    await rig.work();
    const runId = await broadcastOf(10);
    await eventually(
      () => rig.siaran.run(runId),
      (run) => run.held !== null || run.status === 'finished',
    );
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', held: null });
    expect(deliveries()).toEqual({ numbers: 10, most: 1 });
  });

  test.each([400, 413, 422])(
    "is refused with a %i fails with the provider's words, and retry delivers it",
    async (status) => {
      rig.sandbox.setFaults([{ on: 'upload', kind: 'http', status, message: 'row 3: bad variable' }]);
      await rig.work();
      const runId = await broadcastOf(10);
      expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'refused', held: null });
      expect(await rig.siaran.batches(runId)).toMatchObject([
        { status: 'failed', error: `HTTP ${status}: row 3: bad variable`, attempts: 0 },
      ]);
      rig.sandbox.setFaults([]);
      expect(await rig.siaran.retry(`${runId}-0001`)).toEqual({ batches: 1, recipients: 10 });
      expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
      expect(deliveries()).toEqual({ numbers: 10, most: 1 });
    },
  );

  test('has a wrong secret holds the account, and a worker with the right one sends everything by itself', async () => {
    const wrong = await rig.work({ QISCUS_SECRET_KEY: 'wrong-secret-key' });
    const runId = await broadcastOf(2_500);
    const held = await eventually(
      () => rig.siaran.run(runId),
      (run) => run.held !== null && run.batches.pending === 3,
    );
    expect(held.held?.reason).toMatch(/^HTTP 401: /);
    expect(JSON.stringify(held)).not.toContain('wrong-secret-key');
    expect(held).toMatchObject({ batches: { failed: 0, unknown: 0 } });
    await wrong.close();
    await rig.work({ QISCUS_SECRET_KEY: secretKey });
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'handed_over',
      held: null,
      recipients: { scheduled: 2_500 },
    });
    expect(deliveries()).toEqual({ numbers: 2_500, most: 1 });
  });
});

test('a provider that cannot be reached holds the account until it can', async () => {
  const { port } = new URL(rig.sandbox.url);
  await rig.sandbox.close();
  await rig.work();
  const runId = await broadcastOf(10);
  const held = await eventually(
    () => rig.siaran.run(runId),
    (run) => run.held !== null,
  );
  expect(held).toMatchObject({ held: { kind: 'unreachable' }, batches: { pending: 1 } });
  const { startSandbox } = await import('../../../src/sandbox/server.js');
  const back = await startSandbox({ port: Number(port), appId: 'app', secretKey });
  try {
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', held: null });
    expect(back.accepted.deliveries().size).toBe(10);
  } finally {
    await back.close();
  }
});

test('no more batches go out a second than the rate limit says, over all workers', async () => {
  await Promise.all([rig.work({ SIARAN_RATE_LIMIT: '4/1s' }), rig.work({ SIARAN_RATE_LIMIT: '4/1s' })]);
  const runId = await broadcastOf(9_500);
  await finished(rig.siaran, runId);
  const at = rig.sandbox.accepted.jobs().map((job) => new Date(job.receivedAt).getTime());
  expect(at).toHaveLength(10);
  expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(1_500);
});
