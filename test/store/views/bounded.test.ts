import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { unfinishedBatches } from '../../../src/store/accounts.js';
import { noteEnds, noteResults } from '../../../src/store/endings.js';
import { unknownBatches } from '../../../src/store/evidence.js';
import type { Database } from '../../../src/store/postgres/database.js';
import { readConcerns, shortRuns, waitingWork } from '../../../src/store/views/attention/attention.js';
import { stalledRuns, unverifiedRuns } from '../../../src/store/views/attention/troubled-runs.js';
import { findBulkRuns, findRunsAhead } from '../../../src/store/views/bulk-runs.js';
import { readLedgerFigures } from '../../../src/store/views/ledger-figures.js';
import { findRunIds, type RunFilter, runStates } from '../../../src/store/views/run-list.js';
import { measured } from '../../support/measured.js';
import { type Rig, startRig } from '../../support/rig.js';

const stalledMs = 600_000;
const perPage = 26;
const listed = (filter: RunFilter) => (db: Database) => findRunIds(db, filter, perPage);

/** What pages and lists ask for, each with what it may read of a ledger in which most runs have ended long ago. */
const looks: Record<string, (db: Database) => Promise<unknown>> = {
  'what waits for a person': readConcerns,
  'runs that are stalled': (db) => stalledRuns(db, stalledMs),
  'a stalled run': (db) => stalledRuns(db, stalledMs, ['rgoing1']),
  'runs whose rows are missing': (db) => shortRuns(db, 100),
  'work for workers': waitingWork,
  'work of each account': unfinishedBatches,
  'what monitoring asks': readLedgerFigures,
  'whose end is noted': noteEnds,
  'whose results are told': (db) => noteResults(db, 86_400_000),
  'what could be cancelled, of all runs': (db) => findBulkRuns(db, 'cancel', {}, 100),
  'what could be resumed, of all runs': (db) => findBulkRuns(db, 'resume', {}, 100),
  'what could be retried, of all runs': (db) => findBulkRuns(db, 'retry', {}, 100),
  'what starts later, of all runs': (db) => findRunsAhead(db, {}, false),
  'unknown batches': (db) => unknownBatches(db, 5),
  'runs whose rows are not as they were signed': (db) => unverifiedRuns(db, 5),
  'all runs': listed({}),
  'runs with a name that none has': listed({ name: 'nobody has it' }),
  'broadcasts with a name that none has': listed({ name: 'Birthday', kind: 'broadcast' }),
  'messages with a name that few have': listed({ name: 'code 777', kind: 'message' }),
  'runs with a name that most have': listed({ name: 'ODE' }),
  ...Object.fromEntries(runStates.map((state) => [`runs that are ${state}`, listed({ state })])),
};

let rig: Rig;
const few: Record<string, number> = {};

beforeAll(async () => {
  rig = await startRig();
  await addRuns(1, 1_000);
  for (const [name, look] of Object.entries(looks)) few[name] = (await measured(rig.ctx.db, look)).buffers;
  await addRuns(1_001, 20_000);
}, 300_000);
afterAll(() => rig.close());

/** Runs that have ended, older the larger their number is; the first time also some that need a person, or go on. */
async function addRuns(first: number, last: number): Promise<void> {
  await rig.query(`
    SET session_replication_role = replica;
    INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at, finished_at, results_told_at, is_message)
    SELECT 'rended' || n, 'Code ' || n, 'default', 172, '{phone_number}', ',', '{"individual": null}', at, at, at, at, at, n % 10 > 0
    FROM generate_series(${first}, ${last}) AS n CROSS JOIN LATERAL (SELECT now() - n * interval '5 minutes' AS at) AS t;
    INSERT INTO runs (id, name, account, template_detail_id, columns, separator, delivery, created_at, sealed_at, drained_at, held_kind, held_reason, held_at)
    SELECT 'rgoing' || n, 'Going ' || n, 'default', 172, '{phone_number}', ',', '{"individual": null}', at, at, at,
      CASE WHEN n > 5 THEN 'balance' END, CASE WHEN n > 5 THEN 'it ran out' END, CASE WHEN n > 5 THEN at END
    FROM generate_series(${first}, least(${last}, 10)) AS n CROSS JOIN LATERAL (SELECT now() - n * interval '1 hour' AS at) AS t;
    INSERT INTO batches (id, run_id, account, number, size, status, opened_at, closed_at, attempts, broadcast_job_id, handed_over_at, scheduled_at, individual)
    SELECT r.id || '-0001', r.id, 'default', 1, 1, CASE WHEN r.finished_at IS NULL THEN 'pending' ELSE 'scheduled' END,
      r.created_at, r.created_at, 1, CASE WHEN r.finished_at IS NOT NULL THEN r.number END, r.created_at, r.created_at, true
    FROM runs r WHERE NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.id);
    INSERT INTO intakes (id, run_id, source, generation, blocks, rows, absorbed_to, absorbed_rows, closed_at)
    SELECT 'i' || r.id, r.id, 'broadcast', 1, 1, 1, 1, 1, r.created_at FROM runs r WHERE NOT EXISTS (SELECT 1 FROM intakes i WHERE i.run_id = r.id);
    INSERT INTO attempts (batch_id, number, worker, broadcast_name, outcome, intended_at, answered_at)
    SELECT b.id, 1, 'w', b.id, 'scheduled', b.scheduled_at, b.scheduled_at FROM batches b
    WHERE b.status = 'scheduled' AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.batch_id = b.id);
    SET session_replication_role = origin;`);
  await rig.query('VACUUM ANALYZE');
}

test.each(Object.keys(looks))('%s: what is read does not grow with the runs that have ended', async (name) => {
  const { buffers } = await measured(rig.ctx.db, looks[name] as (db: Database) => Promise<unknown>);
  // Indexes get a level deeper.
  expect([name, few[name], buffers <= 1.5 * (few[name] ?? 0) + 20 ? 'as much' : buffers]).toEqual([
    name,
    few[name],
    'as much',
  ]);
});
