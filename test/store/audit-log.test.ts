import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actorsOf } from '../../src/store/audit-log.js';
import { type Rig, startRig } from '../support/rig.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('who has acted on one run is found among many entries without reading all of them', async () => {
  await rig.query(`INSERT INTO audit_entries (actor, action, target, detail)
    SELECT 'ada', 'enqueue', 'run' || entry, '{}' FROM generate_series(1, 30000) AS entry`);
  await rig.query('ANALYZE audit_entries');
  expect(await actorsOf(rig.ctx.db, 'enqueue', 'run77')).toEqual(['ada']);
  const plan = await rig.query(`EXPLAIN SELECT DISTINCT actor FROM audit_entries
    WHERE target = 'run77' AND action = ANY('{enqueue}'::text[])`);
  expect(JSON.stringify(plan)).toContain('audit_entries_target_idx');
  // Longer than an entry of a B-tree may be.
  const long = Array.from({ length: 1_000 }, (_, index) => `part ${index}`).join(' ');
  await rig.query("INSERT INTO audit_entries (actor, action, target, detail) VALUES ('ada', 'enqueue', $1, '{}')", [
    long,
  ]);
  expect(await actorsOf(rig.ctx.db, 'enqueue', long)).toEqual(['ada']);
});
