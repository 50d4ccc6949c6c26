import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Services, startServices } from '../src/local/services.js';
import type { migrate } from '../src/store/migrate.js';

// Jest maps no imports here, so `./x.js` would not find `x.ts`: what this file needs comes from the build.
async function built<T>(rootDir: string, path: string): Promise<T> {
  const file = join(rootDir, 'dist', 'src', path);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first, or use "npm test".`);
  return (await import(file)) as T;
}

declare global {
  var siaranTestServices: { services: Services; dir: string } | undefined;
}

export default async function setup({ rootDir }: { rootDir: string }): Promise<void> {
  const local = await built<{ startServices: typeof startServices }>(rootDir, 'local/services.js');
  const store = await built<{ migrate: typeof migrate }>(rootDir, 'store/migrate.js');
  const dir = await mkdtemp(join(tmpdir(), 'siaran-test-'));
  // For root, Postgres runs as another user, who has to get there.
  await chmod(dir, 0o755);
  const toolsDir = join(rootDir, '.siaran', 'tools');
  let services: Services | undefined;
  try {
    services = await local.startServices({ dir, throwaway: true, toolsDir });
    await store.migrate(await createTemplate(services.databaseUrl));
  } catch (error) {
    // Jest calls no teardown when the setup fails.
    await services?.stop();
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  globalThis.siaranTestServices = { services, dir };
  process.env.SIARAN_TEST_POSTGRES = services.databaseUrl;
  process.env.SIARAN_TEST_REDIS = services.redisUrl;
}

async function createTemplate(databaseUrl: string): Promise<string> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE DATABASE siaran_template');
  } finally {
    await client.end();
  }
  const template = new URL(databaseUrl);
  template.pathname = '/siaran_template';
  return template.href;
}
