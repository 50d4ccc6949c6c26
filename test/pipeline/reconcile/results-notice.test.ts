import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { openScrape } from '../../../src/monitoring/gauges.js';
import { sendNotices } from '../../../src/pipeline/reconcile/notify.js';
import { noteEnds, noteResults } from '../../../src/store/endings.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { delivered, item, tell } from '../../support/statuses.js';

const key = Buffer.from('0123456789abcdef01234567');
const hour = 3_600_000;
let receiver: Receiver;
let rig: Rig;

beforeEach(async () => {
  receiver = await startReceiver(key);
  rig = await startRig({
    env: { SIARAN_NOTIFY_URL: receiver.url, SIARAN_NOTIFY_SECRET: `whsec_${key.toString('base64')}` },
  });
});
afterEach(async () => {
  await rig.close();
  await receiver.close();
});

/** A run that ended, and whose messages began so many hours ago. */
async function ended(numbers: readonly string[], hoursAgo: number): Promise<string> {
  const runId = await delivered(rig, numbers, hoursAgo);
  await eventually(
    () => rig.query('SELECT 1 FROM runs WHERE id = $1 AND finished_at IS NOT NULL', [runId]),
    (rows) => rows.length === 1,
  );
  return runId;
}

/** That they ended long ago. No worker may be there, which would tell their results. */
const endEarlier = (hoursAgo: number) =>
  rig.query("UPDATE runs SET finished_at = now() - $1 * interval '1 hour'", [hoursAgo]);

test('the results of a run are told once, when so long has passed since its last start', async () => {
  const workers = await rig.work();
  const numbers = [0, 1, 2].map(phoneNumber);
  const runId = await ended(numbers, 25);
  const young = await ended([10, 11].map(phoneNumber), 23);
  // Handed over long ago, and to start just now.
  const later = await ended([20, 21].map(phoneNumber), 30);
  await rig.query('UPDATE batches SET started_at = now() WHERE run_id = $1', [later]);
  const single = await ended([phoneNumber(30)], 25);
  await workers.close();
  await endEarlier(30);
  await rig.query('DELETE FROM notices');
  await tell(
    rig,
    item('r.0', 'read', new Date(Date.now() - 24 * hour), numbers[0]),
    item('r.1', 'failed', new Date(Date.now() - 24 * hour), numbers[1], 131026),
  );
  expect(await noteResults(rig.ctx.db, 24 * hour)).toEqual([runId]);
  expect(await noteResults(rig.ctx.db, 24 * hour)).toEqual([]);
  await sendNotices(rig.ctx);
  const results = receiver.received.map(({ body }) => body).filter(({ event }) => event !== 'run.finished');
  expect(results).toMatchObject([
    {
      event: 'run.results',
      run: {
        id: runId,
        messages: { handedOver: 3, sent: 1, read: 1, failed: 1, unanswered: 1, reasons: [{ code: 131026, count: 1 }] },
      },
    },
  ]);
  const told = await rig.query<{ id: string }>('SELECT id FROM runs WHERE results_told_at IS NOT NULL');
  expect(told.map(({ id }) => id).sort()).toEqual([runId, single].sort());
  expect((await noteResults(rig.ctx.db, 20 * hour)).sort()).toEqual([young]);
});

test('/metrics tells how far messages came and why others failed, of runs with a start within a day', async () => {
  const workers = await rig.work();
  const numbers = [0, 1, 2, 3].map(phoneNumber);
  const runId = await ended(numbers, 2);
  const old = await ended([10, 11].map(phoneNumber), 25);
  await workers.close();
  await tell(
    rig,
    item('m.0', 'read', new Date(), numbers[0]),
    item('m.1', 'failed', new Date(), numbers[1], 131026),
    item('m.2', 'failed', new Date(), numbers[2]),
  );
  const expected = [
    ...['handed_over 4', 'sent 1', 'delivered 1', 'read 1', 'failed 2', 'failed_after_delivered 0'],
    ...['unanswered 1', 'inferred 3'],
  ].map((line) => `siaran_messages{account="default",state="${line.replace(' ', '"} ')}`);
  // Made long ago, as a campaign makes a run ahead of its start.
  await rig.query("UPDATE runs SET created_at = now() - interval '3 days' WHERE id IN ($1, $2)", [runId, old]);
  const scrape = await openScrape(rig.ctx, new Registry())();
  for (const line of [
    ...expected,
    'siaran_recipients{account="default",state="scheduled"} 4',
    'siaran_message_failures{account="default",code="131026"} 1',
    'siaran_message_failures{account="default",code="none"} 1',
  ])
    expect(scrape).toContain(line);
  // As the run itself is told.
  expect((await rig.siaran.run(runId)).messages).toMatchObject({ handedOver: 4, sent: 1, failed: 2, unanswered: 1 });
});

test('a statement notes ten thousand ends, or results, and the next one goes on', async () => {
  await rig.query(`
    INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at)
    SELECT 'r' || n, 'Code', 'default', 172, '{phone_number}', ',', '{"individual": null}', at, at, at
    FROM generate_series(1, 10001) AS n CROSS JOIN LATERAL (SELECT now() - interval '30 hours' + n * interval '1 second' AS at) AS t`);
  expect(await noteEnds(rig.ctx.db)).toHaveLength(10_000);
  expect(await noteEnds(rig.ctx.db)).toEqual(['r10001']);
  expect(await noteEnds(rig.ctx.db)).toEqual([]);
  await endEarlier(30);
  const untold = () => rig.query('SELECT id FROM runs WHERE results_told_at IS NULL');
  await noteResults(rig.ctx.db, 24 * hour);
  expect(await untold()).toHaveLength(1);
  await noteResults(rig.ctx.db, 24 * hour);
  expect(await untold()).toEqual([]);
});
