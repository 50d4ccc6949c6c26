import type { Given } from './global-setup.js';

/** The folder of the services is removed when this process ends. */
export async function tearDown({ watch, watchAll }: Given): Promise<void> {
  const found = globalThis.siaranTestServices;
  // What is watched is tested again.
  if (found === undefined || watch || watchAll) return;
  if (process.env.SIARAN_KEEP === '1') {
    const { databaseUrl, redisUrl } = found.services;
    process.stdout.write(`Kept in ${found.dir}. Until Ctrl-C: ${databaseUrl} and ${redisUrl}\n`);
    await new Promise((resolve) => process.once('SIGINT', resolve));
  }
  await found.services.stop();
}
