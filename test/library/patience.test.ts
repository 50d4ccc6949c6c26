import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSiaran, type Siaran } from '../../src/index.js';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { invoiceColumns, invoices } from '../support/rig.js';

let environment: Environment;
beforeAll(async () => {
  environment = await freshEnvironment();
});
afterAll(() => environment.drop());

const run = { name: 'Reminders', templateDetailId: 172, columns: invoiceColumns };
const nowhere = '127.0.0.1:9';

async function msUntilAway(service: string, env: Record<string, string>, call: (siaran: Siaran) => Promise<unknown>) {
  const siaran = openSiaran({ ...environment.env, ...env }, { patience: '300ms' });
  try {
    const begun = performance.now();
    await expect(call(siaran)).rejects.toMatchObject({ code: 'UNAVAILABLE', service, retryable: true });
    return performance.now() - begun;
  } finally {
    await siaran.close();
  }
}

test('a program that says so waits less for a Postgres or Redis that is away', async () => {
  const siaran = openSiaran(environment.env);
  const { id } = await siaran.startRun(run);
  await siaran.close();
  const postgres = { DATABASE_URL: `postgres://siaran@${nowhere}/ledger` };
  expect(await msUntilAway('Postgres', postgres, (away) => away.startRun(run))).toBeLessThan(20_000);
  expect(await msUntilAway('Postgres', postgres, (away) => away.pause(id))).toBeLessThan(20_000);
  const redis = { REDIS_URL: `redis://${nowhere}` };
  expect(await msUntilAway('Redis', redis, (away) => away.enqueue(id, invoices(1)))).toBeLessThan(20_000);
});
