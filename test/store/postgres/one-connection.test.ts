import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { openSiaran, type Siaran } from '../../../src/index.js';
import { finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { messageTemplate } from '../../support/runs.js';

let [rig, pool, siaran]: [Rig, Pool, Siaran] = [undefined as never, undefined as never, undefined as never];
beforeEach(async () => {
  rig = await startRig();
  pool = new Pool({ connectionString: rig.databaseUrl, max: 1 });
  siaran = openSiaran(rig.env, { pool });
});
afterEach(async () => {
  await siaran.close();
  await pool.end();
  await rig.close();
});

test('a program whose pool has one connection starts runs, fills and changes them', async () => {
  const { runId } = await siaran.broadcast({
    ...{ name: 'Invoices', key: 'one', templateDetailId: 172, columns: invoiceColumns },
    recipients: invoices(1_500),
  });
  await siaran.pause(runId);
  await siaran.resume(runId);
  await siaran.sendMessage({ ...messageTemplate, phoneNumber: phoneNumber(0), variables: ['Ada'], wait: '0s' });
  await siaran.cancel(runId);
  expect((await siaran.run(runId)).status).toBe('cancelled');
});

test('a worker whose pool has one connection is slow, and sends everything once', async () => {
  await siaran.work();
  const { runId } = await siaran.broadcast({
    ...{ name: 'Invoices', templateDetailId: 172, columns: invoiceColumns },
    recipients: invoices(1_500),
  });
  expect(await finished(siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 1_500 } });
});
