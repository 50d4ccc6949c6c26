import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { query } from './database-tables.js';

/** The folder of Siaran's own migrations. */
export const ours = resolve('prisma/migrations');

const server = process.env.SIARAN_TEST_POSTGRES ?? '';

/** A database without tables. `drop` fails on a connection that was left open. */
export async function createEmptyDatabase(): Promise<{ name: string; url: string; drop(): Promise<void> }> {
  const name = `m_${randomBytes(6).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name}`);
  return {
    name,
    url: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    drop: async () => {
      await query(server, `DROP DATABASE ${name}`);
    },
  };
}
