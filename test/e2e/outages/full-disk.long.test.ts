import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bin } from '../../cli/siaran.js';
import { finished, invoiceColumns, invoices, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

test('a full disk under the log costs lines of the log, and no answer of a send', async () => {
  const full = openSync('/dev/full', 'w');
  const env = { PATH: process.env.PATH, ...rig.env, LOG_LEVEL: 'debug' };
  const worker = spawn(process.execPath, [bin, 'worker'], { env, stdio: ['ignore', full, full] });
  closeSync(full);
  const ended = once(worker, 'exit');
  try {
    const { runId } = await rig.siaran.broadcast({
      ...{ name: 'December', templateDetailId: 172, columns: invoiceColumns },
      recipients: invoices(3_000),
    });
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 3_000 },
    });
    expect(worker.exitCode).toBeNull();
  } finally {
    worker.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});
