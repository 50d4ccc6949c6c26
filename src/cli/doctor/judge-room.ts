import { readlink, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute } from 'node:path';
import type { RedisInfo } from '../../queue/redis/redis-info.js';
import { count } from '../terminal/output.js';
import type { Finding } from './check.js';

/** From the first share on it is mentioned; from the second on it counts as full. */
const worthAWord = 0.8;
const asGoodAsFull = 0.95;

/** Producers wait while a Redis is full; a cluster's master is as good as the whole. */
export function judgeRedisMemory({ fullness }: RedisInfo): Finding {
  if (fullness === undefined) return { ok: true, detail: 'no maxmemory is set' };
  const detail = `${percent(fullness)} of maxmemory`;
  const todo = 'Raise maxmemory, or start more workers: producers wait while Redis is full.';
  if (fullness >= asGoodAsFull) return { ok: false, detail, todo };
  return { ok: true, detail, ...(fullness >= worthAWord && { todo }) };
}

/** Redis takes no writes (`MISCONF`) while it can't write its file. */
export function judgeRedisDisk({ failedWrites }: RedisInfo): Finding {
  if (failedWrites.length === 0) return { ok: true, detail: 'writes its files' };
  return {
    ok: false,
    detail: `can't write its files (${failedWrites.join(', ')})`,
    todo: "Free space on Redis's disk; its log says what failed. Until then producers wait and nothing is sent.",
  };
}

/** The disks of this machine that a process of ours writes to: where it stands, where it keeps what is passing, and its log. */
export async function judgeDisks(folders: readonly string[] = ['.', tmpdir()]): Promise<Finding> {
  const disks = new Map<string, { folder: string; used: number; freeMb: number }>();
  for (const folder of [...folders, ...(await logFolder())]) {
    const { type, blocks, bfree, bavail, bsize } = await statfs(folder);
    const used = blocks === 0 ? 0 : 1 - bavail / Math.max(1, blocks - bfree + bavail);
    disks.set(`${type}-${blocks}-${bavail}`, { folder, used, freeMb: Math.floor((bavail * bsize) / 1_000_000) });
  }
  const fullest = [...disks.values()].sort((a, b) => b.used - a.used)[0];
  if (!fullest) return { ok: true, detail: 'none to look at' };
  const detail = `${fullest.folder}: ${percent(fullest.used)} used, ${count(fullest.freeMb)} MB free`;
  const todo = 'Free some space: what a full disk can not take is lost, such as the log.';
  if (fullest.freeMb < 50) return { ok: false, detail, todo };
  return { ok: true, detail, ...(fullest.used >= asGoodAsFull && { todo }) };
}

/** Of a log that goes into a file. */
async function logFolder(): Promise<string[]> {
  const target = await readlink('/proc/self/fd/2').catch(() => '');
  return isAbsolute(target) && !target.startsWith('/dev/') && !target.startsWith('/proc/') ? [dirname(target)] : [];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
