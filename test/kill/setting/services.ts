import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startServices } from '../../../src/local/services.js';
import { migrate } from '../../../src/store/migrations/migrate.js';
import { withPath } from './databases.js';
import { rootDir } from './processes.js';
import type { Services } from './setting.js';

export type OwnServices = Services & { stop(): Promise<void> };

export const toolsDir = join(rootDir, '.siaran', 'tools');

/** A Postgres and a Redis for the matrix, with a migrated template. */
export async function startOwnServices(): Promise<OwnServices> {
  const dir = await openDir();
  const services = await startServices({ dir, throwaway: true, toolsDir });
  await createTemplate(services.databaseUrl);
  return {
    databaseUrl: services.databaseUrl,
    redisUrl: services.redisUrl,
    async stop() {
      await services.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export async function openDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'siaran-kill-'));
  // For root, Postgres runs as another user, who has to get there.
  await chmod(dir, 0o755);
  return dir;
}

export async function createTemplate(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE DATABASE siaran_template');
  } finally {
    await client.end();
  }
  await migrate(withPath(databaseUrl, 'siaran_template'));
}
