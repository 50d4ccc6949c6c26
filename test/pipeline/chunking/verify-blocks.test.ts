import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { holdAdvice } from '../../../src/admin/pages/run-concerns.js';
import { checkAll } from '../../../src/cli/doctor/doctor-checks.js';
import { describeRun } from '../../../src/cli/terminal/describe-run.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { lookForForgotten, reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { queuePrefix } from '../../../src/queue/queues.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

type Settings = { maxRejected?: string; first?: number };
/** A run with so many rows in its buffer, of a producer that has settled. */
async function buffered(count: number, from = 0, settings: Settings = {}): Promise<string> {
  const { id } = await rig.siaran.startRun({
    ...{ name: 'attacked', templateDetailId: 172, columns: invoiceColumns, ...settings },
  });
  await rig.siaran.enqueue(id, invoices(count, from), { source: 'list' });
  return id;
}

const keysOf = (id: string) => {
  const base = `${rig.env.SIARAN_PREFIX}:{${id}}`;
  return { heads: `${base}:heads`, blocks: `${base}:blocks` };
};
const headsOf = (id: string) => rig.redis.lrange(keysOf(id).heads, 0, -1);
const linesOf = (id: string) => rig.redis.lrange(keysOf(id).blocks, 0, -1);
const setAsideOf = async (id: string) => ({
  heads: await rig.redis.lrange(`${keysOf(id).heads}:set-aside`, 0, -1),
  blocks: await rig.redis.lrange(`${keysOf(id).blocks}:set-aside`, 0, -1),
});

/** As whoever can write to Redis, and nowhere else, would. */
async function plant(id: string, head: string, lines: string): Promise<void> {
  await rig.redis.rpush(keysOf(id).heads, head);
  await rig.redis.rpush(keysOf(id).blocks, lines);
}

const stranger = '["6281999999999","Mallory","give money"]';
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

type Attack = { name: string; reason: RegExp; strike(id: string): Promise<unknown>; missing?: number };
const attacks: Attack[] = [
  {
    ...{ name: 'a new block of the intake, with a signature made up', reason: /block 3 .*match/ },
    strike: async (id) => {
      const [intakeId] = (await headsOf(id))[0]?.split('.') ?? [];
      await plant(id, `${intakeId}.3.${'A'.repeat(43)}.1`, stranger);
    },
  },
  {
    ...{ name: 'a new block of an intake that was registered for it', reason: /match/ },
    strike: async (id) => {
      await rig.redis.hset(`${rig.env.SIARAN_PREFIX}:{${id}}:intakes`, '00000000deadbeef', 1);
      await plant(id, `00000000deadbeef.1.${'A'.repeat(43)}.1`, stranger);
    },
  },
  {
    ...{
      name: 'a block without a signature, as a version before pushed it',
      reason: /no signature.*version from before/,
    },
    strike: async (id) => plant(id, '00000000deadbeef.1.1', stranger),
  },
  {
    ...{ name: 'a changed block', reason: /block 2 .*match/, missing: 500 },
    strike: async (id) => {
      const lines = (await linesOf(id))[1] ?? '';
      await rig.redis.lset(keysOf(id).blocks, 1, lines.replace('INV-1499', 'INV-9999'));
    },
  },
  {
    ...{ name: 'another number of rows', reason: /match/, missing: 500 },
    strike: async (id) => rig.redis.lset(keysOf(id).heads, 1, ((await headsOf(id))[1] ?? '').replace(/500$/, '499')),
  },
  {
    ...{ name: 'a block of another run that was moved here', reason: /block 1 .*match/ },
    strike: async (id) => {
      const other = await buffered(10, 50_000);
      await plant(id, (await headsOf(other))[0] ?? '', (await linesOf(other))[0] ?? '');
    },
  },
  {
    ...{ name: 'two blocks whose rows changed places', reason: /2 blocks .*match/, missing: 1_500 },
    strike: async (id) => {
      const [one = '', two = ''] = await linesOf(id);
      await rig.redis.lset(keysOf(id).blocks, 0, two);
      await rig.redis.lset(keysOf(id).blocks, 1, one);
    },
  },
  {
    ...{ name: 'two blocks that changed places as a whole', reason: /block 1 .*comes after block 2/, missing: 1_000 },
    strike: async (id) => {
      for (const key of Object.values(keysOf(id))) await rig.redis.lmove(key, key, 'LEFT', 'RIGHT');
    },
  },
  {
    ...{ name: 'a block that stands there twice', reason: /block 2 .*comes after block 2/ },
    strike: async (id) => plant(id, (await headsOf(id))[1] ?? '', (await linesOf(id))[1] ?? ''),
  },
  {
    ...{ name: 'a block far too large', reason: /9,000,000 bytes/ },
    strike: async (id) => plant(id, `00000000deadbeef.1.${'A'.repeat(43)}.1`, 'x'.repeat(9_000_000)),
  },
  {
    ...{ name: 'an unreadable, endless head', reason: /unreadable head/ },
    strike: async (id) => plant(id, 'x'.repeat(5_000_000), stranger),
  },
  {
    ...{ name: 'heads and rows out of step', reason: /2 blocks/, missing: 1_500 },
    strike: async (id) => rig.redis.lpush(keysOf(id).blocks, stranger),
  },
];

test.each(attacks)('$name is not cut: the run is held and says so, and loses nothing silently', async (attack) => {
  const id = await buffered(1_500);
  await attack.strike(id);
  await isHeld(id, attack.reason);
  const { missing = 0 } = attack;
  const of = (await rig.siaran.run(id)).recipients;
  expect(of).toMatchObject({ buffered: 0, pending: 1_500 - missing, missing });
  const own = new Set(numbers(1_500));
  expect((await numbersOf(id)).filter((number) => !own.has(number))).toEqual([]);
  // Nothing of the run goes out, and what was set aside is there to be looked at.
  await deliverBatch(rig.ctx, `${id}-0001`, { probing: false });
  expect((await rig.siaran.run(id)).batches.uploaded).toBe(0);
  const aside = await setAsideOf(id);
  expect(aside.heads.length).toBeGreaterThan(0);
  expect(aside.blocks).toHaveLength(aside.heads.length);
  expect(await rig.redis.ttl(`${keysOf(id).blocks}:set-aside`)).toBeGreaterThan(86_400);
  expect([await headsOf(id), await linesOf(id)]).toEqual([[], []]);

  await rig.siaran.resume(id);
  expect((await rig.siaran.run(id)).held).toBeNull();
  await rig.siaran.enqueue(id, invoices(1_500), { source: 'list' });
  for (let turn = 0; turn < 2; turn += 1) await chunkRun(rig.ctx, id);
  expect(await rig.siaran.run(id)).toMatchObject({ held: null, recipients: { pending: 1_500, missing: 0 } });
  expect(new Set(await numbersOf(id))).toEqual(own);
  expect((await rig.siaran.verify(id)).breaches).toEqual([]);
});

test('a replay of a block that was cut already changes nothing', async () => {
  const id = await buffered(1_500);
  const [heads, lines] = [await headsOf(id), await linesOf(id)];
  await chunkRun(rig.ctx, id);
  for (const [at, head] of heads.entries()) await plant(id, head, lines[at] ?? '');
  await chunkRun(rig.ctx, id);
  expect(await headsOf(id)).toEqual([]);
  expect(await rig.siaran.run(id)).toMatchObject({
    ...{ held: null, recipients: { enqueued: 1_500, pending: 1_500, duplicates: 0 } },
  });
});

test('a block of a run that does not exist is set aside, and holds nothing', async () => {
  await plant('rnobody00', '00000000deadbeef.1.1', stranger);
  await chunkRun(rig.ctx, 'rnobody00');
  expect(await headsOf('rnobody00')).toEqual([]);
  expect((await setAsideOf('rnobody00')).blocks).toEqual([stranger]);
  // One of ours is proof that there was such a run.
  const id = await buffered(10);
  await rig.query('DELETE FROM intakes WHERE run_id = $1', [id]);
  await rig.query('DELETE FROM runs WHERE id = $1', [id]);
  await chunkRun(rig.ctx, id);
  expect(await rig.query("SELECT 1 FROM holds WHERE kind = 'ledger_went_back'")).toHaveLength(1);
  await rig.siaran.repairLedger();
});

test('a worker goes on with other runs; nobody of the held one is messaged before it is resumed', async () => {
  const id = await buffered(1_500, 100_000);
  await plant(id, '00000000deadbeef.1.1', stranger);
  const workers = await rig.work();
  const { runId: other } = await rig.siaran.broadcast({
    ...{ name: 'other', templateDetailId: 172, columns: invoiceColumns, recipients: invoices(10, 200_000) },
  });
  await finished(rig.siaran, other);
  await rig.siaran.seal(id);
  await eventually(
    () => rig.siaran.run(id),
    (run) => run.recipients.buffered === 0 && run.held?.kind === 'unverified',
  );
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
  const id = await buffered(20, 300_000, { maxRejected: '1%', first: 1 });
  for (let time = 0; time < 2; time += 1) {
    await plant(id, '00000000deadbeef.1.1', stranger);
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
  await plant(id, '00000000deadbeef.1.1', stranger);
  await chunkRun(rig.ctx, id);
  expect(await told(id)).toHaveLength(2);
  await rig.siaran.cancel(id);
  await plant(id, '00000000deadbeef.1.1', stranger);
  await chunkRun(rig.ctx, id);
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'finished', held: null });
});

test('a worker that dies between the hold and the setting aside leaves it to the next turn', async () => {
  const id = await buffered(10);
  await plant(id, '00000000deadbeef.1.1', stranger);
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
  expect(await headsOf(id)).toHaveLength(2);
  await chunkRun(rig.ctx, id);
  expect(await headsOf(id)).toEqual([]);
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ enqueued: 10, pending: 10 });
});
