import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, finished, invoiceColumns, invoices, type Rig, startRig } from '../support/rig.js';
import { type SilentProxy, startSilentProxy } from '../support/servers/silent-proxy.js';
import { type Running, run, start } from './siaran.js';

let rig: Rig;
let proxies: { postgres: SilentProxy; redis: SilentProxy };
/** What a program gets whose way to Postgres and Redis may fall silent. */
let env: Record<string, string>;
const december = { name: 'December', templateDetailId: 172, columns: invoiceColumns };
const peers = ['postgres', 'redis'] as const;

beforeEach(async () => {
  rig = await startRig();
  const { DATABASE_URL = '', REDIS_URL = '' } = rig.env;
  proxies = { postgres: await startSilentProxy(DATABASE_URL), redis: await startSilentProxy(REDIS_URL) };
  env = {
    ...rig.env,
    DATABASE_URL: proxies.postgres.through(DATABASE_URL),
    REDIS_URL: proxies.redis.through(REDIS_URL),
  };
});
afterEach(async () => {
  for (const proxy of Object.values(proxies)) proxy.close();
  await rig.close();
});

/** @returns how the process ended, and how long that took. */
async function timed({ ended }: Running) {
  const begun = Date.now();
  return { ...(await ended), tookMs: Date.now() - begun };
}

describe.each(peers)('while %s is silent', (peer) => {
  test('a worker that is told to stop does so in time, and loses nothing', async () => {
    rig.sandbox.setFaults([{ on: 'send', kind: 'latency', latencyMs: 300 }]);
    const times = { SIARAN_REQUEST_TIMEOUT: '2s', SIARAN_CLAIM_TTL: '4s', SIARAN_STATEMENT_TIMEOUT: '3s' };
    const worker = start(['worker'], { env: { ...env, ...times, LOG_LEVEL: 'info' } });
    const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(20_000) });
    await eventually(
      () => rig.siaran.run(runId),
      (seen) => seen.batches.sending > 0 && seen.batches.scheduled > 0,
    );
    proxies[peer].silence();
    await eventually(
      async () => proxies[peer].heldBack(),
      (pieces) => pieces > 0,
    );
    worker.child.kill('SIGTERM');
    const { code, tookMs, stderr } = await timed(worker);
    expect({ code, stderr: stderr.match(/error: .*/g) }).toEqual({ code: 0, stderr: null });
    // SIARAN_REQUEST_TIMEOUT + 15 s.
    expect(tookMs).toBeLessThan(17_000);

    await rig.work();
    await eventually(
      () => rig.siaran.run(runId),
      ({ batches }) => batches.sending === 0,
    );
    const unknown = await rig.siaran.batches(runId, { status: 'unknown' });
    expect(unknown.length).toBeLessThanOrEqual(peer === 'postgres' ? 4 : 0);
    for (const { id } of unknown) {
      // What was answered and couldn't be recorded is told by the log.
      const job = new RegExp(`"batchId":"${id}".*"broadcastJobId":(\\d+)`).exec(stderr)?.[1];
      await rig.siaran.resolve(id, { sent: Number(job) }, { by: 'operator' });
    }
    // Three in a row hold the account.
    await rig.siaran.resumeAll();
    expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
    const deliveries = [...rig.sandbox.accepted.deliveries().values()];
    expect([deliveries.length, Math.max(...deliveries)]).toEqual([20_000, 1]);
  });

  test('a short command ends soon, and says what is away', async () => {
    const done = await rig.siaran.broadcast({ ...december, recipients: invoices(10) });
    const workers = await rig.work();
    await finished(rig.siaran, done.runId);
    await workers.close();
    // Of this one something is still in Redis.
    const waiting = await rig.siaran.broadcast({ ...december, recipients: invoices(10) });
    const commands = [
      ['run', done.runId],
      ['run', waiting.runId],
      ['runs'],
      ['retry', done.runId],
      ['suppress', 'add', '6281234567890'],
    ];
    const runAll = () => Promise.all(commands.map((args) => timed(start(args, { input: '', env }))));
    // What they take to start, so many at once on a machine that may be busy.
    const startMs = Math.max(...(await runAll()).map(({ tookMs }) => tookMs));
    proxies[peer].silence();
    const ended = await runAll();
    const needsRedis = (args: readonly string[]) => args[0] === 'runs' || args[1] === waiting.runId;
    for (const [at, args] of commands.entries()) {
      const { code, stderr, tookMs } = ended[at] as (typeof ended)[number];
      const fails = peer === 'postgres' || needsRedis(args);
      const words = peer === 'postgres' ? /^error: Postgres can't be reached: / : /^error: Redis can't be reached: /;
      expect({ args, code, stderr }).toEqual({
        ...{ args, code: fails ? 1 : 0 },
        stderr: fails ? expect.stringMatching(words) : expect.not.stringContaining('error'),
      });
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(tookMs).toBeLessThan(20_000 + startMs);
    }
    proxies[peer].flow('forgotten');
    expect(await run(['run', waiting.runId], { env })).toMatchObject({ code: 0 });
  }, 120_000);
});
