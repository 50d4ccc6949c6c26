import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { deliver, isOver, lookAtAll, tellFates, turnComes } from '../resending/retried-rig.js';
import { firePromo, inAnHour, promo, query } from './promo.js';

let rig: Rig;
let soon: string;
beforeEach(async () => {
  rig = await startRig();
  soon = inAnHour();
});
afterEach(() => rig.close());

const retryAfterFailure = { codes: [131026], after: '24h', times: 1 };
const read = { codes: [131026], afterMs: 86_400_000, times: 1 };

test('a campaign gives it to its runs, which are sent again by themselves', async () => {
  await rig.siaran.addCampaign(promo(soon, { retryAfterFailure, audience: query(1, 3) }));
  expect(await rig.siaran.campaign('Promo')).toMatchObject({ retryAfterFailure: read });
  const workers = await rig.work();
  const runId = await firePromo(rig);
  await isOver(rig, runId);
  await workers.close();
  expect(await rig.siaran.run(runId)).toMatchObject({ retryAfterFailure: read });
  await turnComes(rig, runId, 48);
  await tellFates(rig, runId, { 1: ['failed', 131026], 2: ['delivered'] });
  await lookAtAll(rig);
  const [newId = ''] = (await rig.siaran.run(runId)).resends;
  await deliver(rig, newId);
  expect([1, 2, 3].map((at) => rig.sandbox.accepted.deliveriesTo(phoneNumber(at)))).toEqual([2, 1, 1]);
});

test('a changed campaign keeps it, in every version, until it is changed or taken away itself', async () => {
  await rig.siaran.addCampaign(promo(soon, { retryAfterFailure }));
  expect(await rig.siaran.editCampaign('Promo', { templateDetailId: 173 })).toMatchObject({
    ...{ version: 2, retryAfterFailure: read },
    changes: ['templateDetailId was 172, is now 173'],
  });
  const often = { ...retryAfterFailure, times: 3 };
  expect(await rig.siaran.editCampaign('Promo', { retryAfterFailure: often })).toMatchObject({
    ...{ version: 3, retryAfterFailure: { ...read, times: 3 } },
    changes: ['retryAfterFailure was "131026/1d/1", is now "131026/1d/3"'],
  });
  // Written in another order it is the same.
  expect(
    await rig.siaran.editCampaign('Promo', { retryAfterFailure: { times: 3, after: '1d', codes: [131026] } }),
  ).toMatchObject({ version: 3, changes: [] });
  expect(await rig.siaran.editCampaign('Promo', { retryAfterFailure: null })).toMatchObject({
    ...{ version: 4, retryAfterFailure: null },
  });
  const kept = await rig.query('SELECT version, retry_after_failure AS retry FROM campaign_versions ORDER BY version');
  expect(kept).toEqual([
    { version: 1, retry: read },
    { version: 2, retry: read },
    { version: 3, retry: { ...read, times: 3 } },
  ]);
  expect(await rig.siaran.campaignVersions('Promo')).toHaveLength(4);
});

test('a campaign or run with a wrong one is refused, and nothing is made; one under another key keeps its own', async () => {
  const wrong = { retryAfterFailure: { codes: [131050], after: '5m', times: 20 } };
  const refused = {
    code: 'USAGE',
    message: expect.stringMatching(
      /(?=.*retryAfterFailure.codes has 131050)(?=.*retryAfterFailure.after is "5m")(?=.*retryAfterFailure.times is 20)/s,
    ),
  };
  await expect(rig.siaran.addCampaign(promo(soon, wrong))).rejects.toMatchObject(refused);
  await rig.siaran.addCampaign(promo(soon));
  await expect(rig.siaran.editCampaign('Promo', wrong)).rejects.toMatchObject(refused);
  const run = { name: 'December', templateDetailId: 172, columns: ['phone_number'] };
  await expect(rig.siaran.startRun({ ...run, ...wrong })).rejects.toMatchObject(refused);
  await expect(rig.siaran.startRun({ ...run, key: 'retry:r1:1' })).rejects.toMatchObject({
    message: expect.stringContaining('key must not begin with retry:'),
  });
  expect(await rig.siaran.runs()).toEqual([]);
  await rig.siaran.startRun({ ...run, key: 'december', retryAfterFailure });
  await expect(rig.siaran.startRun({ ...run, key: 'december' })).rejects.toMatchObject({
    code: 'KEY_CONFLICT',
    message: expect.stringMatching(/retryAfterFailure was "131026\/1d\/1", is now null/),
  });
  expect(await rig.siaran.startRun({ ...run, key: 'december', retryAfterFailure })).toMatchObject({ existed: true });
});
