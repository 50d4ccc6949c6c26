import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { holdAdvice } from '../../../src/admin/pages/run-concerns.js';
import { checkAll } from '../../../src/cli/doctor/doctor-checks.js';
import { describeRun } from '../../../src/cli/terminal/describe-run.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { lookForForgotten, reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { queuePrefix } from '../../../src/queue/queues.js';
import { eventually, finished, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { broadcast, deliver, waitForRun } from '../../support/runs.js';
import { attacks, buffered, headsOf, keysOf, linesOf, plant, stranger } from './attacks.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const setAsideOf = async (id: string) => ({
  heads: await rig.redis.lrange(`${keysOf(rig, id).heads}:set-aside`, 0, -1),
  blocks: await rig.redis.lrange(`${keysOf(rig, id).blocks}:set-aside`, 0, -1),
});

const numbersOf = async (id: string) =>
  (
    await rig.query<{ number: string }>(
      'SELECT phone_number::text AS number FROM recipients JOIN runs ON run_number = number WHERE id = $1 ORDER BY 1',
      [id],
    )
  ).map(({ number }) => number);
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, at) => phoneNumber(from + at));

async function isHeld(id: string, reason: RegExp): Promise<void> {
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.run(id)).held).toMatchObject({
    ...{ kind: 'unverified', reason: expect.stringMatching(reason), until: null },
  });
}

test.each(attacks)('$name is not cut: the run is held and says so, and loses nothing silently', async (attack) => {
  const id = await buffered(rig, 1_500);
  await attack.strike(rig, id);
  await isHeld(id, attack.reason);
  const { missing = 0 } = attack;
  const of = (await rig.siaran.run(id)).recipients;
  expect(of).toMatchObject({ buffered: 0, pending: 1_500 - missing, missing });
  const own = new Set(numbers(1_500));
  expect((await numbersOf(id)).filter((number) => !own.has(number))).toEqual([]);
  // Nothing of the run goes out, and what was set aside is there to be looked at.
  await deliver(rig, id, 1);
  expect((await rig.siaran.run(id)).batches.uploaded).toBe(0);
  const aside = await setAsideOf(id);
  expect(aside.heads.length).toBeGreaterThan(0);
  expect(aside.blocks).toHaveLength(aside.heads.length);
  expect(await rig.redis.ttl(`${keysOf(rig, id).blocks}:set-aside`)).toBeGreaterThan(86_400);
  expect([await headsOf(rig, id), await linesOf(rig, id)]).toEqual([[], []]);

  await rig.siaran.resume(id);
  expect((await rig.siaran.run(id)).held).toBeNull();
  await rig.siaran.enqueue(id, invoices(1_500), { source: 'list' });
  for (let turn = 0; turn < 2; turn += 1) await chunkRun(rig.ctx, id);
  expect(await rig.siaran.run(id)).toMatchObject({ held: null, recipients: { pending: 1_500, missing: 0 } });
  expect(new Set(await numbersOf(id))).toEqual(own);
  expect((await rig.siaran.verify(id)).breaches).toEqual([]);
});

test('a replay of a block that was cut already changes nothing', async () => {
  const id = await buffered(rig, 1_500);
  const [heads, lines] = [await headsOf(rig, id), await linesOf(rig, id)];
  await chunkRun(rig.ctx, id);
  for (const [at, head] of heads.entries()) await plant(rig, id, head, lines[at] ?? '');
  await chunkRun(rig.ctx, id);
  expect(await headsOf(rig, id)).toEqual([]);
  expect(await rig.siaran.run(id)).toMatchObject({
    ...{ held: null, recipients: { enqueued: 1_500, pending: 1_500, duplicates: 0 } },
  });
});

test('a block of a run that does not exist is set aside, and holds nothing', async () => {
  await plant(rig, 'rnobody00', '00000000deadbeef.1.1', stranger);
  await chunkRun(rig.ctx, 'rnobody00');
  expect(await headsOf(rig, 'rnobody00')).toEqual([]);
  expect((await setAsideOf('rnobody00')).blocks).toEqual([stranger]);
  // One of ours is proof that there was such a run.
  const id = await buffered(rig, 10);
  await rig.query('DELETE FROM intakes WHERE run_id = $1', [id]);
  await rig.query('DELETE FROM runs WHERE id = $1', [id]);
  await chunkRun(rig.ctx, id);
  expect(await rig.query("SELECT 1 FROM holds WHERE kind = 'ledger_went_back'")).toHaveLength(1);
  await rig.siaran.repairLedger();
});

test('a worker goes on with other runs; nobody of the held one is messaged before it is resumed', async () => {
  const id = await buffered(rig, 1_500, 100_000);
  await plant(rig, id, '00000000deadbeef.1.1', stranger);
  const workers = await rig.work();
  const other = await broadcast(rig, 10, { name: 'other' }, 200_000);
  await finished(rig.siaran, other);
  await rig.siaran.seal(id);
  await waitForRun(rig, id, (run) => run.recipients.buffered === 0 && run.held?.kind === 'unverified');
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'paused' });

  // Jobs are hints, whoever gives them: Postgres says what may be done.
  const deliveries = new Queue('deliver', { connection: rig.redis, prefix: queuePrefix(rig.ctx.config.prefix) });
  const odd = [{ batchId: `${id}-0001`, probing: true }, { batchId: `${id}-x` }, { batchId: 5 }, 'nonsense'];
  await deliveries.addBulk(
    odd.map((data) => ({ name: 'deliver', data, opts: { removeOnFail: true, removeOnComplete: true } })),
  );
  await eventually(
    () => deliveries.getJobCounts('waiting', 'active', 'prioritized'),
    ({ waiting, active, prioritized }) => waiting === 0 && active === 0 && prioritized === 0,
  );
  await deliveries.close();
  expect((await rig.siaran.run(id)).batches).toMatchObject({ pending: 2, scheduled: 0, uploaded: 0, sending: 0 });
  // What can't be read of Redis's memory of sends is no send that the ledger has lost.
  await rig.redis.zadd(`${rig.env.SIARAN_PREFIX}:{witness}:order`, 1e15, 'odd');
  await rig.redis.hset(`${rig.env.SIARAN_PREFIX}:{witness}:sends`, 'odd', 'no JSON');
  // Nor does a key that is no list stop a look at all of them.
  await rig.redis.set(`${rig.env.SIARAN_PREFIX}:{${other}}:heads`, 'x');
  await reconcile(rig.ctx);
  await lookForForgotten(rig.ctx);

  await rig.siaran.resume(id);
  expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 1_500 } });
  const messaged = rig.sandbox.accepted.deliveries();
  expect(messaged.has('6281999999999')).toBe(false);
  await workers.close();
});

test('it waits for its turn where the run is held for something else, says so meanwhile, and is told once', async () => {
  const told = (id: string) =>
    rig.query("SELECT detail->>'kind' AS kind FROM notices WHERE run_id = $1 AND event = 'hold'", [id]);
  const id = await buffered(rig, 20, 300_000, { maxRejected: '1%', first: 1 });
  for (let time = 0; time < 2; time += 1) {
    await plant(rig, id, '00000000deadbeef.1.1', stranger);
    await chunkRun(rig.ctx, id);
    expect((await rig.siaran.run(id)).held).toMatchObject({
      ...{ kind: 'preparing', reason: expect.stringMatching(/sealed.*besides, .*no signature/) },
    });
  }
  expect(await told(id)).toEqual([{ kind: 'unverified' }]);
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  expect((await rig.siaran.run(id)).held).toMatchObject({ kind: 'unverified' });
  // What is to be looked at first is still to be looked at.
  await rig.siaran.resume(id);
  expect((await rig.siaran.run(id)).held).toMatchObject({ kind: 'first' });
  expect(await told(id)).toEqual([{ kind: 'unverified' }]);
  await plant(rig, id, '00000000deadbeef.1.1', stranger);
  await chunkRun(rig.ctx, id);
  expect(await told(id)).toHaveLength(2);
  await rig.siaran.cancel(id);
  await plant(rig, id, '00000000deadbeef.1.1', stranger);
  await chunkRun(rig.ctx, id);
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'finished', held: null });
});

test('a worker that dies between the hold and the setting aside leaves it to the next turn', async () => {
  const id = await buffered(rig, 10);
  await plant(rig, id, '00000000deadbeef.1.1', stranger);
  const dying = {
    ...rig.ctx,
    buffer: Object.create(rig.ctx.buffer, {
      peek: { value: rig.ctx.buffer.peek.bind(rig.ctx.buffer) },
      setBlocksAside: { value: () => Promise.reject(new Error('killed')) },
    }),
  };
  await expect(chunkRun(dying, id)).rejects.toThrow('killed');
  const view = await rig.siaran.run(id);
  expect(describeRun(view)).toMatch(/held .*no signature.*unverified since .*until `siaran resume /);
  expect(String(holdAdvice(view.held ?? { kind: 'first', until: null }, id))).toContain('who can write to Redis');
  expect((await checkAll(rig.ctx)).find(({ check }) => check === 'Runs')).toMatchObject({
    ...{ ok: false, detail: expect.stringContaining(id), todo: expect.stringContaining('siaran resume') },
  });
  expect(view).toMatchObject({ held: { kind: 'unverified' }, recipients: { pending: 10 } });
  expect(await headsOf(rig, id)).toHaveLength(2);
  await chunkRun(rig.ctx, id);
  expect(await headsOf(rig, id)).toEqual([]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 10, pending: 10 });
});
