import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { forecastRest, forecastRun } from '../../../src/pipeline/campaigns/forecast.js';
import { requireRun } from '../../../src/pipeline/require-run.js';
import { viewRun } from '../../../src/pipeline/views/view-run.js';
import { measured } from '../../support/measured.js';
import { type Rig, startRig } from '../../support/rig.js';
import { chunked, deliver } from '../../support/runs.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('of a run that is shown, what is left is forecast by what was read, and nothing is asked once all is handed over', async () => {
  const runId = await chunked(rig, 3);
  const row = await requireRun(rig.ctx, runId);
  const forecast = async () => {
    const view = await viewRun(rig.ctx, runId);
    let told: unknown;
    const { statements } = await measured(rig.ctx.db, async (db) => {
      told = await forecastRest({ ...rig.ctx, db }, row, view);
    });
    return { told, statements };
  };
  expect((await forecast()).told).toMatchObject({ files: 1 });
  expect(await forecastRun(rig.ctx, runId)).toMatchObject({ files: 1 });
  await deliver(rig, runId, 1);
  expect(await forecast()).toEqual({ told: null, statements: 0 });
  expect(await forecastRun(rig.ctx, runId)).toBe(null);
});
