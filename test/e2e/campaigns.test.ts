import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Running, start } from '../cli/siaran.js';
import { eventually, type Rig, startRig } from '../support/rig.js';
import { wallClockOf } from '../support/wall-clock.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const day = 86_400_000;
const ahead = 14;
const recipients = 1_200;

/** Every quarter of an hour of the next days at which the clock shows what the schedule asks for. */
function expected(from: Date, timeZone: string, time: string, isDay: (date: string) => boolean): string[] {
  const first = Math.ceil(from.getTime() / 900_000) * 900_000;
  const quarters = Array.from({ length: ahead * 96 }, (_, quarter) => new Date(first + quarter * 900_000));
  return quarters
    .filter((at) => at.getTime() <= from.getTime() + ahead * day)
    .filter((at) => {
      const [date = '', clock] = wallClockOf(at, timeZone).split(' ');
      return clock === time && isDay(date);
    })
    .map((at) => at.toISOString());
}

const campaigns = [
  { name: 'daily', cron: '30 7 * * *', time: '07:30', timeZone: 'America/New_York', isDay: () => true },
  {
    name: 'weekly',
    ...{ cron: '0 9 * * mon', time: '09:00', timeZone: 'Asia/Jakarta' },
    isDay: (date: string) => new Date(date).getUTCDay() === 1,
  },
  {
    name: 'monthly',
    ...{ cron: '15 8 1,15 * *', time: '08:15', timeZone: 'Europe/Berlin' },
    isDay: (date: string) => /-(01|15)$/.test(date),
  },
];

test('workers that are killed again and again fire each instant once, with everybody in it, at its time', async () => {
  const env = { ...rig.env, SIARAN_REQUEST_TIMEOUT: '3s', SIARAN_CLAIM_TTL: '4s' };
  const before = new Date();
  for (const { name, cron, timeZone } of campaigns)
    await rig.siaran.addCampaign({
      ...{ name, templateDetailId: 172, columns: ['phone_number'], schedule: cron, timeZone },
      prepareAhead: `${ahead}d`,
      audience: `sql:SELECT 628120000000 + i AS phone_number FROM generate_series(1, ${recipients}) AS i`,
    });
  const workers: Running[] = [];
  const startWorker = () => workers.push(start(['worker'], { env }));
  startWorker();
  startWorker();
  const wanted = campaigns.flatMap(({ name, timeZone, time, isDay }) =>
    expected(before, timeZone, time, isDay).map((at) => `${name} ${at}`),
  );
  const counted = async () => {
    // Kills may leave three sends in a row without an answer: an operator lets the account go on.
    await rig.siaran.resumeAll();
    const [row] = await rig.query<{ prepared: number; left: number }>(
      `SELECT (SELECT count(*) FROM firings WHERE status = 'prepared')::int AS prepared,
              (SELECT count(*) FROM batches WHERE status IN ('pending', 'uploaded', 'sending'))::int AS left`,
    );
    return row ?? { prepared: 0, left: 0 };
  };
  try {
    // Each time somewhat further on: while it decides, reads audiences, cuts, uploads and sends.
    for (const milestone of [0, 1, 3, 6, 9, 12]) {
      await eventually(counted, ({ prepared }) => prepared >= Math.min(milestone, wanted.length), 60_000);
      const victim = workers.shift();
      victim?.child.kill('SIGKILL');
      startWorker();
    }
    await eventually(counted, ({ prepared, left }) => prepared === wanted.length && left === 0, 90_000);
  } finally {
    for (const worker of workers) worker.child.kill('SIGTERM');
    await Promise.all(workers.map((worker) => worker.ended));
  }

  const runs = await rig.query<{ id: string; name: string; at: Date }>(
    'SELECT id, name, start_at AS at FROM runs WHERE start_at <= $1',
    [new Date(before.getTime() + ahead * day)],
  );
  expect(runs.map(({ name, at }) => `${name} ${at.toISOString()}`).sort()).toEqual([...wanted].sort());
  const jobs = rig.sandbox.accepted.jobs();
  for (const { id, at } of runs) {
    const batches = await rig.siaran.batches(id);
    expect(batches.reduce((sum, batch) => sum + batch.recipients, 0)).toBe(recipients);
    for (const { id, status, startedAt, movedBy } of batches) {
      // A worker that was killed while it sent leaves what nobody knows; nothing else may be left.
      expect(['scheduled', 'unknown']).toContain(status);
      expect({ startedAt, movedBy }).toEqual({ startedAt: at.toISOString(), movedBy: null });
      const made = jobs.filter((job) => job.name.startsWith(`[${id}.`));
      expect(made.length).toBeLessThanOrEqual(1);
      if (status === 'scheduled') expect(made).toMatchObject([{ startedAt: at.toISOString() }]);
    }
    expect((await rig.siaran.verify(id)).breaches).toEqual([]);
  }
}, 240_000);
