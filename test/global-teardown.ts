import { rm } from 'node:fs/promises';

export default async function teardown(): Promise<void> {
  const found = globalThis.siaranTestServices;
  if (found === undefined) return;
  if (process.env.SIARAN_KEEP === '1') {
    const { databaseUrl, redisUrl } = found.services;
    process.stdout.write(`Kept in ${found.dir}. Until Ctrl-C: ${databaseUrl} and ${redisUrl}\n`);
    await new Promise((resolve) => process.once('SIGINT', resolve));
  }
  await found.services.stop();
  if (process.env.SIARAN_KEEP !== '1') await rm(found.dir, { recursive: true, force: true });
}
