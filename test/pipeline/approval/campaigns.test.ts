import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CampaignRequest } from '../../../src/index.js';
import { finished, type Rig, startRig } from '../../support/rig.js';
import { firePromo, inAnHour, promo, query } from '../campaigns/promo.js';
import { approveAs, asked, going } from './setting.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_ACTOR: 'ada' } });
  await rig.work();
});
afterAll(() => rig.close());

const fire = async (name: string, actor: string) => (await rig.open({ SIARAN_ACTOR: actor }).fireCampaign(name)).runId;
const campaign = (name: string, more: Partial<CampaignRequest> = {}) =>
  rig.siaran.addCampaign({ ...promo(inAnHour(), { name, prepareAhead: '0s', ...more }) });

test('each firing of a campaign is approved, by neither who made it nor who fired it', async () => {
  await rig.siaran.addCampaign(promo(inAnHour(), { approvalAbove: 10 }));
  expect(await rig.siaran.campaign('Promo')).toMatchObject({ approvalAbove: 10, approveOnce: false });
  const scheduled = await firePromo(rig);
  expect(await asked(rig.siaran, scheduled)).toMatchObject({ approval: { above: 10, startedBy: 'ada' } });
  expect(await rig.siaran.approval(scheduled)).toMatchObject({ people: 30, version: null });
  await expect(approveAs(rig, 'ada', scheduled)).rejects.toMatchObject({ code: 'OWN_RUN' });
  const byHand = await fire('Promo', 'bo');
  await asked(rig.siaran, byHand);
  for (const who of ['bo', 'ada']) await expect(approveAs(rig, who, byHand)).rejects.toMatchObject({ code: 'OWN_RUN' });
  await approveAs(rig, 'cy', byHand);
  expect(await finished(rig.siaran, byHand)).toMatchObject({ outcome: 'handed_over' });
  expect(await going(rig, scheduled)).toEqual([]);
  await rig.siaran.cancel(scheduled);
});

test('a campaign with fewer people goes out by itself', async () => {
  await campaign('Few', { approvalAbove: 30 });
  const runId = await fire('Few', 'bo');
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', approval: { approvedBy: null } });
});

test('a version is approved once, whoever is in its runs; another version asks again', async () => {
  await campaign('Once', { approvalAbove: 10, approveOnce: true });
  const first = await fire('Once', 'bo');
  await asked(rig.siaran, first);
  expect(await rig.siaran.approval(first)).toMatchObject({ people: 30, version: 1 });
  // Whoever has made the version doesn't approve it by the run that somebody else has fired.
  await expect(approveAs(rig, 'ada', first)).rejects.toMatchObject({ code: 'OWN_RUN' });
  expect(await approveAs(rig, 'cy', first)).toMatchObject({ people: 30, version: 1 });
  await finished(rig.siaran, first);
  const second = await fire('Once', 'bo');
  expect(await finished(rig.siaran, second)).toMatchObject({ outcome: 'handed_over', approval: { approvedBy: null } });
  await rig.siaran.editCampaign('Once', { audience: query(1, 40) }, { by: 'dee' });
  const third = await fire('Once', 'bo');
  await asked(rig.siaran, third);
  expect(await rig.siaran.approval(third)).toMatchObject({ people: 40, version: 2 });
  await rig.siaran.cancel(third);
});

test('the settings are checked, changed and taken away', async () => {
  await expect(campaign('Odd', { approvalAbove: -1 })).rejects.toThrow('approvalAbove is -1; write a whole number');
  await expect(campaign('Odd', { approveOnce: 'yes' as never })).rejects.toThrow('approveOnce is "yes"; write true or');
  await campaign('Changed', { approvalAbove: 10, approveOnce: true });
  const { changes } = await rig.siaran.editCampaign('Changed', { approvalAbove: 5, approveOnce: null });
  expect(changes).toEqual(['approvalAbove was 10, is now 5', 'approveOnce was true, is now false']);
  await rig.siaran.editCampaign('Changed', { approvalAbove: null });
  expect(await rig.siaran.campaign('Changed')).toMatchObject({ version: 3, approvalAbove: null, approveOnce: false });
});

test('who fires a campaign by hand asks for an approval by their own number too', async () => {
  await campaign('Laxer', { approvalAbove: 500 });
  const stricter = rig.open({ SIARAN_ACTOR: 'bo', SIARAN_APPROVAL_ABOVE: '20' });
  const { runId } = await stricter.fireCampaign('Laxer');
  expect(await asked(rig.siaran, runId)).toMatchObject({ approval: { above: 20 } });
  await rig.siaran.cancel(runId);
});
