import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunFilter } from '../../../src/index.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { insertAccounts } from '../../../src/store/accounts.js';
import { findRunIds } from '../../../src/store/views/run-list.js';
import { type Rig, startRig } from '../../support/rig.js';
import { chunked, december, deliver, messageTemplate } from '../../support/runs.js';

let rig: Rig;
const ids: Record<string, string> = {};

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s' } });
  const { id } = await rig.siaran.startRun({ ...december, name: 'An open one' });
  ids.open = id;
  ids.sealed = await chunked(rig, 3, { name: 'Sealed 100%' });
  ids.paused = await chunked(rig, 3, { name: 'Paused' });
  await rig.siaran.pause(ids.paused);
  ids.held = await chunked(rig, 5, { name: 'Held', first: 2 });
  await deliver(rig, ids.held, 1);
  ids.cancelled = await chunked(rig, 3, { name: 'Cancelled' });
  await rig.siaran.cancel(ids.cancelled);
  await chunkRun(rig.ctx, ids.cancelled);
  ids.finished = await chunked(rig, 3, { name: 'Finished' });
  await deliver(rig, ids.finished, 1);
  ids.refused = await chunked(rig, 3, { name: 'Refused' });
  rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: 'no', times: 1 }]);
  await deliver(rig, ids.refused, 1);
  ids.unknown = await chunked(rig, 3, { name: 'Unknown' });
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  await deliver(rig, ids.unknown, 1);
  const message = { ...messageTemplate, name: 'Code', phoneNumber: '6281300000001', wait: '0s' } as const;
  ids.message = (await rig.siaran.sendMessage(message)).runId;
});
afterAll(() => rig.close());

const nameOf = (id: string) => Object.keys(ids).find((name) => ids[name] === id) ?? id;

async function found(filter: RunFilter): Promise<string[]> {
  return (await findRunIds(rig.ctx.db, filter, 100)).map(nameOf);
}

test('all runs are found, newest first, and page by page', async () => {
  const all = await found({});
  expect(all).toEqual(Object.keys(ids).toReversed());
  const first = await findRunIds(rig.ctx.db, {}, 4);
  const rest = await findRunIds(rig.ctx.db, {}, 100, first.at(-1));
  expect([...first, ...rest].map(nameOf)).toEqual(all);
  const later = await findRunIds(rig.ctx.db, { state: 'finished' }, 100, ids.refused);
  expect(later.map(nameOf)).toEqual(['finished', 'cancelled']);
});

test.each<[RunFilter, string[]]>([
  [{ state: 'open' }, ['open']],
  [{ state: 'sealed' }, ['message', 'sealed']],
  [{ state: 'sealed', kind: 'broadcast' }, ['sealed']],
  [{ state: 'paused' }, ['held', 'paused']],
  [{ state: 'held' }, ['held']],
  [{ state: 'cancelled' }, ['cancelled']],
  [{ state: 'finished' }, ['unknown', 'refused', 'finished', 'cancelled']],
  [{ state: 'unknown' }, ['unknown']],
  [{ state: 'refused' }, ['refused']],
  [{ kind: 'message' }, ['message']],
  [{ name: 'OPEN' }, ['open']],
  [{ name: '100%' }, ['sealed']],
  [{ name: '%' }, ['sealed']],
  [{ account: 'other' }, []],
  [{ campaign: 'none' }, []],
  [{ until: new Date(0) }, []],
  [{ since: new Date(0), state: 'open', name: 'open', account: 'default', kind: 'broadcast' }, ['open']],
])('runs are found by %j', async (filter, expected) => {
  expect(await found(filter)).toEqual(expected);
});

test('a state that a run is shown with finds that run', async () => {
  for (const state of ['open', 'sealed', 'paused', 'cancelled', 'finished'] as const)
    for (const run of await rig.siaran.runs(100, { state }))
      if (state !== 'cancelled') expect([run.name, run.status]).toEqual([run.name, state]);
});

test('runs of an account that is held are held, and those of a campaign are found by its name', async () => {
  await insertAccounts(rig.ctx.db, new Map([['other', { portfolio: 'other' }]]));
  await rig.siaran.stopAll();
  expect(await found({ state: 'held', kind: 'broadcast' })).toEqual(['held', 'paused', 'sealed', 'open']);
  await rig.siaran.go();
  await rig.siaran.addCampaign({
    ...{ name: 'Nightly', templateDetailId: 172, columns: ['phone_number'], audience: 'function:people' },
    ...{ schedule: '0 9 * * *', timeZone: 'UTC' },
  });
  const { runId } = await rig.siaran.fireCampaign('Nightly');
  expect(await findRunIds(rig.ctx.db, { campaign: 'Nightly' }, 10)).toEqual([runId]);
});
