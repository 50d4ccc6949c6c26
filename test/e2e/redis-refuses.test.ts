import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openSiaran } from '../../src/index.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { freshEnvironment } from '../support/environment.js';
import { eventually, invoiceColumns, invoices } from '../support/rig.js';
import { startRedisServer } from '../support/servers/redis-server.js';

test('a Redis that refuses what queues need is told of in the log, and not once for each batch', async () => {
  const environment = await freshEnvironment();
  const folder = await mkdtemp(join(tmpdir(), 'siaran-refuses-'));
  const rules = ['~*', '&*', '+@all', '-xadd'];
  const redis = await startRedisServer({
    dataDir: join(folder, 'redis'),
    login: { user: 'administrator', password: 'secret' },
    args: ['--user', 'siaran', 'on', '>hunter22', ...rules],
  });
  const sandbox = await startSandbox({ appId: 'app', secretKey: 'key' });
  const warnings: string[] = [];
  let unheard = 0;
  const warn = (fields: object, message?: string) => void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const debug = (_: object, message?: string) => {
    if (message === 'hint not given') unheard += 1;
  };
  const logger = { level: 'debug', debug, info() {}, error: warn, warn };
  const siaran = openSiaran(
    {
      ...environment.env,
      ...{ QISCUS_BASE_URL: sandbox.url, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'key' },
      ...{ REDIS_URL: `redis://siaran:hunter22@127.0.0.1:${redis.port}`, SIARAN_RECONCILE_EVERY: '400ms' },
    },
    { logger },
  );
  try {
    await siaran.work();
    const list = { templateDetailId: 172, columns: invoiceColumns, name: 'December', key: 'december' };
    await siaran.broadcast({ ...list, recipients: invoices(5) });
    const refusals = () => warnings.filter((line) => line.startsWith('Redis refuses what queues need'));
    await eventually(
      async () => unheard,
      (times) => times >= 5,
    );
    expect(refusals()).toEqual([expect.stringMatching(/hint not given.*can't run this command/)]);
  } finally {
    await siaran.close();
    await sandbox.close();
    await redis.stop();
    await rm(folder, { recursive: true });
    await environment.drop();
  }
});
