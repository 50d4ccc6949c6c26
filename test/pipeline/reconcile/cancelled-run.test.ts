import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cancelRun } from '../../../src/store/cancel-runs.js';
import { eventually, invoices, type Rig, startRig } from '../../support/rig.js';
import { december } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

test('a cancelled run ends, also when its producer had died and whoever cancels dies before the hint', async () => {
  const { id } = await rig.siaran.startRun(december);
  const dying = async function* () {
    yield* invoices(100);
    throw new Error('the producer dies');
  };
  await expect(rig.siaran.enqueue(id, dying(), { source: 'list' })).rejects.toThrow('the producer dies');
  await rig.ctx.db.$transaction((tx) => cancelRun(tx, id));
  await rig.work();
  const drained = () => rig.query<{ drained: boolean }>('SELECT drained_at IS NOT NULL AS drained FROM runs');
  await eventually(drained, ([run]) => run?.drained === true);
  expect(await rig.siaran.run(id)).toMatchObject({ status: 'finished', outcome: 'cancelled' });
});
