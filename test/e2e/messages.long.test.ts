import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callbackPath } from '../../src/admin/callbacks/callback-path.js';
import { buildReceiver } from '../../src/admin/callbacks/server.js';
import { type Listener, listen } from '../../src/admin/listen.js';
import { freePort } from '../../src/local/processes.js';
import { type Running, start } from '../cli/siaran.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../support/rig.js';

// More than are looked at together anywhere.
const count = 1_100;
const secret = 'a-secret-of-this-test';

let rig: Rig;
let receiver: Listener;
let workers: Running[];

beforeAll(async () => {
  // The sandbox has to know the receiver's address, and the receiver needs the rig's ledger.
  const address = { host: '127.0.0.1', port: await freePort() };
  rig = await startRig({
    sandbox: { callbacks: { url: `http://127.0.0.1:${address.port}${callbackPath}${secret}` } },
    env: { SIARAN_CALLBACK_SECRET: secret },
  });
  receiver = await listen(await buildReceiver(rig.ctx), address);
  workers = [1, 2].map(() => start(['worker'], { env: rig.env }));
});

afterAll(async () => {
  for (const worker of workers) worker.child.kill('SIGTERM');
  await Promise.all(workers.map((worker) => worker.ended));
  await receiver.close();
  await rig.close();
});

function* reminders() {
  for (let index = 0; index < count; index += 1)
    yield {
      phone_number: phoneNumber(index),
      body_variable1: `INV-${index}`,
      button_params: JSON.stringify([{ type: 'url', values: `pay/${index}`, index: 0 }]),
    };
}

test(`${count} messages with buttons go out once each; their log ids and what became of them are found by number`, async () => {
  const { runId } = await rig.siaran.broadcast({
    ...{ name: 'Reminders', templateDetailId: 172, columns: ['phone_number', 'body_variable1', 'button_params'] },
    ...{ delivery: 'individual', channelId: 534, templateName: 'reminder', namespace: '6616bb93', language: 'id' },
    recipients: reminders(),
  });
  await eventually(
    () => rig.siaran.run(runId),
    (run) => run.status === 'finished',
    240_000,
  );
  expect(await finished(rig.siaran, runId)).toMatchObject({
    outcome: 'handed_over',
    recipients: { scheduled: count },
    batches: { scheduled: count },
  });
  expect(rig.sandbox.accepted.summary()).toMatchObject({ jobs: count, recipients: count, mostPerNumber: 1 });
  const statuses = () =>
    rig.query<{ status: string; logs: number; ids: number; messages: number }>(
      `SELECT status, count(*)::int AS logs, count(DISTINCT broadcast_log_id)::int AS ids, count(DISTINCT message_id)::int AS messages
       FROM broadcast_logs GROUP BY status`,
    );
  await eventually(statuses, (rows) => rows.length === 1 && rows[0]?.status === 'read', 120_000);
  expect(await statuses()).toEqual([{ status: 'read', logs: count, ids: count, messages: count }]);
  for (const index of [0, 777, count - 1]) {
    const found = await rig.siaran.recipient(phoneNumber(index));
    const job = rig.sandbox.accepted.jobs().find(({ id }) => id === found.runs[0]?.broadcastJobId);
    expect(found).toMatchObject({
      phoneNumber: phoneNumber(index),
      suppressed: false,
      runs: [{ runId, status: 'scheduled', broadcastLogId: expect.any(Number), deliveryStatus: 'read' }],
    });
    expect(job?.name).toContain(found.runs[0]?.batchId);
  }
  expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
}, 400_000);
