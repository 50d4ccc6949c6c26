import { invoices, type Rig } from '../../support/rig.js';
import { december, type RunSettings } from '../../support/runs.js';

/** A run with so many rows in its buffer, of a producer that has settled. */
export async function buffered(rig: Rig, count: number, from = 0, settings: RunSettings = {}): Promise<string> {
  const { id } = await rig.siaran.startRun({ ...december, name: 'attacked', ...settings });
  await rig.siaran.enqueue(id, invoices(count, from), { source: 'list' });
  return id;
}

export function keysOf(rig: Rig, id: string): { heads: string; blocks: string } {
  const base = `${rig.env.SIARAN_PREFIX}:{${id}}`;
  return { heads: `${base}:heads`, blocks: `${base}:blocks` };
}

export const headsOf = (rig: Rig, id: string) => rig.redis.lrange(keysOf(rig, id).heads, 0, -1);
export const linesOf = (rig: Rig, id: string) => rig.redis.lrange(keysOf(rig, id).blocks, 0, -1);

export async function plant(rig: Rig, id: string, head: string, lines: string): Promise<void> {
  await rig.redis.rpush(keysOf(rig, id).heads, head);
  await rig.redis.rpush(keysOf(rig, id).blocks, lines);
}

export const stranger = '["6281999999999","Mallory","give money"]';

/** What somebody may do who can write to Redis, and nowhere else; and how many rows are lost by it. */
export type Attack = { name: string; reason: RegExp; strike(rig: Rig, id: string): Promise<unknown>; missing?: number };
export const attacks: Attack[] = [
  {
    ...{ name: 'a new block of the intake, with a signature made up', reason: /block 3 .*match/ },
    strike: async (rig, id) => {
      const [intakeId] = (await headsOf(rig, id))[0]?.split('.') ?? [];
      await plant(rig, id, `${intakeId}.3.${'A'.repeat(43)}.1`, stranger);
    },
  },
  {
    ...{ name: 'a new block of an intake that was registered for it', reason: /match/ },
    strike: async (rig, id) => {
      await rig.redis.hset(`${rig.env.SIARAN_PREFIX}:{${id}}:intakes`, '00000000deadbeef', 1);
      await plant(rig, id, `00000000deadbeef.1.${'A'.repeat(43)}.1`, stranger);
    },
  },
  {
    ...{
      name: 'a block without a signature, as a version before pushed it',
      reason: /no signature.*version from before/,
    },
    strike: async (rig, id) => plant(rig, id, '00000000deadbeef.1.1', stranger),
  },
  {
    ...{ name: 'a changed block', reason: /block 2 .*match/, missing: 500 },
    strike: async (rig, id) => {
      const lines = (await linesOf(rig, id))[1] ?? '';
      await rig.redis.lset(keysOf(rig, id).blocks, 1, lines.replace('INV-1499', 'INV-9999'));
    },
  },
  {
    ...{ name: 'another number of rows', reason: /match/, missing: 500 },
    strike: async (rig, id) =>
      rig.redis.lset(keysOf(rig, id).heads, 1, ((await headsOf(rig, id))[1] ?? '').replace(/500$/, '499')),
  },
  {
    ...{ name: 'a block of another run that was moved here', reason: /block 1 .*match/ },
    strike: async (rig, id) => {
      const other = await buffered(rig, 10, 50_000);
      await plant(rig, id, (await headsOf(rig, other))[0] ?? '', (await linesOf(rig, other))[0] ?? '');
    },
  },
  {
    ...{ name: 'two blocks whose rows changed places', reason: /2 blocks .*match/, missing: 1_500 },
    strike: async (rig, id) => {
      const [one = '', two = ''] = await linesOf(rig, id);
      await rig.redis.lset(keysOf(rig, id).blocks, 0, two);
      await rig.redis.lset(keysOf(rig, id).blocks, 1, one);
    },
  },
  {
    ...{ name: 'two blocks that changed places as a whole', reason: /block 1 .*comes after block 2/, missing: 1_000 },
    strike: async (rig, id) => {
      for (const key of Object.values(keysOf(rig, id))) await rig.redis.lmove(key, key, 'LEFT', 'RIGHT');
    },
  },
  {
    ...{ name: 'a block that stands there twice', reason: /block 2 .*comes after block 2/ },
    strike: async (rig, id) => plant(rig, id, (await headsOf(rig, id))[1] ?? '', (await linesOf(rig, id))[1] ?? ''),
  },
  {
    ...{ name: 'a block far too large', reason: /9,000,000 bytes/ },
    strike: async (rig, id) => plant(rig, id, `00000000deadbeef.1.${'A'.repeat(43)}.1`, 'x'.repeat(9_000_000)),
  },
  {
    ...{ name: 'an unreadable, endless head', reason: /unreadable head/ },
    strike: async (rig, id) => plant(rig, id, 'x'.repeat(5_000_000), stranger),
  },
  {
    ...{ name: 'heads and rows out of step', reason: /2 blocks/, missing: 1_500 },
    strike: async (rig, id) => rig.redis.lpush(keysOf(rig, id).blocks, stranger),
  },
];
