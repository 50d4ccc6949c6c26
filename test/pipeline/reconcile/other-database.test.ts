import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { holdForLostLedger } from '../../../src/pipeline/check-ledger.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { guardCommands } from '../../../src/queue/gate.js';
import { json, run } from '../../cli/siaran.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { eventually, invoices, type Rig, startRig } from '../../support/rig.js';
import { december, messageTemplate, waitForRun } from '../../support/runs.js';

/** The rig is production. */
let rig: Rig;
let staging: Environment;

beforeEach(async () => {
  rig = await startRig();
  staging = await freshEnvironment();
  await staging.query('UPDATE installation SET id = gen_random_uuid()');
});
afterEach(async () => {
  await rig.close();
  await staging.drop();
});

/** Staging's settings were copied from production's: all but the database. */
const openStaging = () => rig.open({ DATABASE_URL: staging.databaseUrl });

const workerAtWork = () =>
  eventually(
    () => rig.ctx.heartbeats.alive(),
    (alive) => alive.length === 1,
  );

test("a staging with production's Redis and prefix is refused before it does anything, and holds nobody", async () => {
  await rig.work();
  await workerAtWork();
  const other = openStaging();
  const refusal = {
    code: 'OTHER_DATABASE',
    message: expect.stringMatching(/prefix "t_\w+" .* belongs to another database.*SIARAN_PREFIX.*siaran adopt/s),
  };
  await expect(other.broadcast({ ...december, recipients: invoices(5) })).rejects.toMatchObject(refusal);
  await expect(other.work()).rejects.toMatchObject(refusal);
  expect(await staging.query('SELECT id FROM runs')).toEqual([]);
  const sent = await rig.siaran.broadcast({ ...december, recipients: invoices(5) });
  await waitForRun(rig, sent.runId, (run) => run.outcome === 'handed_over');
  expect(await rig.query('SELECT kind FROM holds')).toEqual([]);
});

test('of two databases that come at once the first one gets the prefix, and a wiped Redis is claimed anew', async () => {
  const [ours, theirs] = [openContext(parseConfig(rig.env)), openContext(parseConfig({ ...rig.env, ...at(staging) }))];
  try {
    const outcomes = await Promise.allSettled([ours.owner.look(), theirs.owner.look()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [winner, loser] = outcomes[0].status === 'fulfilled' ? [ours, theirs] : [theirs, ours];
    await expect(loser.buffer.heads('rnone')).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
    expect(await winner.buffer.heads('rnone')).toEqual([]);
    await rig.redis.del(`${rig.env.SIARAN_PREFIX}:{workers}:owner`);
    expect(await loser.buffer.heads('rnone')).toEqual([]);
    await expect(winner.owner.look()).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
    await expect(winner.buffer.heads('rnone')).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
  }
});

test("what another database has in Redis is no evidence against this one's ledger, however late that is found out", async () => {
  await rig.ctx.buffer.heads('rnone');
  await rig.redis.hset(`${rig.env.SIARAN_PREFIX}:{workers}:owner`, { id: 'other', name: '"other"', since: 0 });
  await expect(holdForLostLedger(rig.ctx, { runId: 'r00000000' })).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
  expect(await rig.query('SELECT kind FROM holds')).toEqual([]);
});

test('it is asked once a second at most however much is done, and again at once when Redis was away', async () => {
  await rig.ctx.owner.look();
  await rig.ctx.owner.look();
  const asked = jest.spyOn(rig.ctx.redis, 'eval');
  const begun = performance.now();
  for (let at = 0; at < 100; at += 1) await rig.ctx.redis.llen(`${rig.env.SIARAN_PREFIX}:list`);
  expect(asked.mock.calls.length).toBeLessThanOrEqual(1 + (performance.now() - begun) / 1_000);
  asked.mockRestore();
  await rig.redis.del(`${rig.env.SIARAN_PREFIX}:{workers}:owner`);
  const gone = new Promise((resolve) => rig.ctx.redis.once('close', resolve));
  await rig.redis.client('KILL', 'ID', String(await rig.ctx.redis.client('ID')));
  await gone;
  await rig.ctx.buffer.heads('rnone');
  expect(await rig.redis.exists(`${rig.env.SIARAN_PREFIX}:{workers}:owner`)).toBe(1);
});

test('a pipeline that has begun goes through whole, however the trust ends meanwhile', async () => {
  const probe = 'return {"ours"}';
  let left = Number.POSITIVE_INFINITY;
  const redis = new Redis(rig.env.REDIS_URL ?? '');
  const keeper = {
    get isOurs() {
      left -= 1;
      return left >= 0;
    },
    async assertOurs() {
      await redis.eval(probe, 0);
      left = Number.POSITIVE_INFINITY;
    },
    doubt() {},
  };
  await redis.ping();
  guardCommands(redis, keeper, new Set([probe]));
  const key = `${rig.env.SIARAN_PREFIX}:{x}`;
  await redis.set(`${key}:mine`, 'mine');
  left = 2;
  const pipeline = redis.pipeline();
  for (let at = 1; at <= 5; at += 1) pipeline.set(`${key}:${at}`, `value ${at}`, 'GET');
  const [piped, got, length] = await Promise.all([
    pipeline.exec(),
    redis.get(`${key}:mine`),
    redis.strlen(`${key}:mine`),
  ]);
  redis.disconnect();
  expect(piped).toEqual(Array.from({ length: 5 }, () => [null, null]));
  expect([got, length]).toEqual(['mine', 4]);
});

test('a pipeline that waits for the answer goes out whole and in order', async () => {
  rig.ctx.owner.doubt();
  const key = `${rig.env.SIARAN_PREFIX}:list`;
  const [pushed, popped, both] = await Promise.all([
    rig.ctx.redis.rpush(key, 'a'),
    rig.ctx.redis.lpop(key),
    rig.ctx.redis.multi().rpush(key, 'b').rpush(key, 'c').lrange(key, 0, -1).exec(),
    rig.ctx.heartbeats.beat('one', ['default']),
  ]);
  expect([pushed, popped, both]).toEqual([
    1,
    'a',
    [
      [null, 1],
      [null, 2],
      [null, ['b', 'c']],
    ],
  ]);
});

test('a process whose database becomes another one under it sends nothing for that, and goes on when it is back', async () => {
  await rig.ctx.owner.look();
  const { batchId } = await rig
    .open({ ...at(staging), SIARAN_PREFIX: `${rig.env.SIARAN_PREFIX}-staging` })
    .sendMessage({ ...messageTemplate, phoneNumber: '6281299999999', wait: '1ms' });
  const swap = async () => {
    await rename(rig.databaseUrl, 'swapped_away');
    await rename(staging.databaseUrl, rig.databaseUrl);
    await rename('swapped_away', staging.databaseUrl);
  };
  await swap();
  expect(await rig.query('SELECT status FROM batches WHERE id = $1', [batchId])).toEqual([{ status: 'pending' }]);
  await rig.ctx.db.$queryRaw`SELECT 'a new connection'`;
  await expect(rig.ctx.buffer.heads('rnone')).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
  await expect(deliverBatch(rig.ctx, batchId, { probing: false })).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
  await expect(reconcile(rig.ctx)).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
  expect(await rig.query('SELECT kind FROM holds')).toEqual([]);
  expect(rig.sandbox.accepted.deliveriesTo('6281299999999')).toBe(0);
  await swap();
  const ours = await rig.siaran.sendMessage({ ...messageTemplate, phoneNumber: '6281288888888', wait: '1ms' });
  await deliverBatch(rig.ctx, ours.batchId, { probing: false });
  expect(rig.sandbox.accepted.deliveriesTo('6281288888888')).toBe(1);
});

test('commands refuse before they do anything, and doctor says why', async () => {
  await rig.ctx.owner.look();
  const env = { ...rig.env, ...at(staging) };
  const sent = await run(['send', '-', '--template-detail-id', '172', '--name', 'Other'], {
    env,
    input: 'phone_number\n6281234567890\n',
  });
  expect(sent).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: .*another database/) });
  expect(await staging.query('SELECT id FROM runs')).toEqual([]);
  expect(await run(['worker'], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('another database'),
  });
  const checks = JSON.parse((await run(['doctor', '--json'], { env })).stdout) as { check: string; todo: string }[];
  expect(checks.find(({ check }) => check === 'Redis prefix')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/another database.*t_/),
    todo: expect.stringMatching(/SIARAN_PREFIX.*siaran adopt --prefix/),
  });
  expect(await run(['adopt'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(await json(['adopt', '--prefix', '--yes'], { env })).toMatchObject({ ownsPrefix: true });
});

const at = ({ databaseUrl }: Environment) => ({ DATABASE_URL: databaseUrl });

/** Whoever is connected loses its connection, and connects again to what has that name then. */
async function rename(from: string, to: string): Promise<void> {
  const nameOf = (url: string) => (URL.canParse(url) ? new URL(url).pathname.slice(1) : url);
  const client = new Client({ connectionString: process.env.SIARAN_TEST_POSTGRES });
  await client.connect();
  try {
    await client.query(`ALTER DATABASE ${nameOf(from)} ALLOW_CONNECTIONS false`);
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [nameOf(from)]);
    await eventually(
      () => client.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [nameOf(from)]),
      ({ rowCount }) => rowCount === 0,
    );
    await client.query(`ALTER DATABASE ${nameOf(from)} RENAME TO ${nameOf(to)}`);
    await client.query(`ALTER DATABASE ${nameOf(to)} ALLOW_CONNECTIONS true`);
  } finally {
    await client.end();
  }
}
