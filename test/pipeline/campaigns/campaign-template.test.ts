import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../../support/admin.js';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

const columns = ['phone_number', 'body_variable1', 'body_variable2'];
const dues = {
  name: 'Dues',
  ...{ columns, schedule: '0 9 1 * *', timeZone: 'Asia/Jakarta' },
  audience: `sql:SELECT '6281234567890' AS phone_number, 'Ada' AS body_variable1, '5' AS body_variable2`,
};

describe("a campaign takes a template's name in place of its id", () => {
  test('and keeps the id', async () => {
    const added = await rig.siaran.addCampaign({ ...dues, template: 'reminder:id' });
    expect(added).toMatchObject({ templateDetailId: 1921, existed: false });
    expect(await rig.siaran.addCampaign({ ...dues, template: 'reminder:id' })).toMatchObject({ existed: true });
  });

  test('with all that individual delivery needs', async () => {
    const individual = { ...dues, name: 'One by one', delivery: 'individual' as const };
    expect(await rig.siaran.addCampaign({ ...individual, template: 'reminder:en' })).toMatchObject({
      delivery: { channelId: 534, individual: { templateName: 'reminder', language: 'en' } },
    });
    expect(await rig.siaran.editCampaign('One by one', { template: 'reminder:id' })).toMatchObject({
      ...{ version: 2, templateDetailId: 1921 },
      delivery: { channelId: 534, individual: { templateName: 'reminder', language: 'id' } },
    });
  });

  test.each([
    [{ template: 'reminder:id', columns: ['phone_number'] }, /has 2 \(body_variable1, body_variable2\).*has none/],
    [{ template: 'reminder' }, /several templates "reminder": reminder:en .*; write its language behind the name/],
    [
      { template: 'reminder:id', templateDetailId: 7 },
      /templateDetailId is 7; that of the template reminder:id is 1921/,
    ],
  ])('and is refused where it does not fit: %j', async (more, words) => {
    await expect(rig.siaran.addCampaign({ ...dues, name: 'Wrong', ...more })).rejects.toThrow(words);
    await expect(rig.siaran.campaign('Wrong')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('when it is changed too, by its columns as they are or become', async () => {
    await expect(
      rig.siaran.editCampaign('Dues', { template: 'reminder:id', columns: ['phone_number'] }),
    ).rejects.toThrow(/has 2 \(body_variable1, body_variable2\)/);
    expect((await rig.siaran.editCampaign('Dues', { template: 'reminder:en' })).changes).toEqual([
      expect.stringMatching(/^templateDetailId was 1921, is now \d+$/),
    ]);
    expect(await rig.siaran.campaign('Dues')).toMatchObject({ version: 2 });
  });

  test('over HTTP', async () => {
    const path = '/api/v1/campaigns';
    const json = { ...dues, name: 'By HTTP', template: 'reminder:id', audience: 'function:dues' };
    expect(await rig.ask('POST', path, { json })).toMatchObject({ status: 201, body: { templateDetailId: 1921 } });
    const changed = await rig.ask('PATCH', `${path}/By%20HTTP`, { json: { template: 'none-such' } });
    expect(changed).toMatchObject({ status: 400, body: { code: 'USAGE' } });
  });
});
