import type { Environment } from './environment.js';

type Traced = Pick<Environment, 'query' | 'redis' | 'env'>;

/** Which tables of Postgres, and keys of Redis, have a text anywhere in them. */
export async function tracesOf(rig: Traced, text: string): Promise<string[]> {
  const tables = await rig.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'siaran') ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await rig.query(`SELECT 1 FROM ${name} AS t WHERE strpos(t::text, $1) > 0 LIMIT 1`, [text]);
    if (rows.length > 0) found.push(name);
  }
  for (const key of await rig.redis.keys(`*${rig.env.SIARAN_PREFIX}*`))
    if ((await contentOf(rig, key)).includes(text)) found.push(key);
  return found;
}

async function contentOf({ redis }: Traced, key: string): Promise<string> {
  const type: string = await redis.type(key);
  if (type === 'list') return (await redis.lrange(key, 0, -1)).join('\n');
  if (type === 'hash') return JSON.stringify(await redis.hgetall(key));
  if (type === 'string') return (await redis.get(key)) ?? '';
  if (type === 'set') return (await redis.smembers(key)).join('\n');
  if (type === 'zset') return (await redis.zrange(key, '0', '-1')).join('\n');
  if (type === 'stream') return JSON.stringify(await redis.xrange(key, '-', '+'));
  return '';
}
