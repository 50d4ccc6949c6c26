import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checked, spreadsheet } from '../../pipeline/drafts/drafts.js';
import { type Rig, startRig } from '../../support/rig.js';
import { run } from '../siaran.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('drafts are listed, shown with their plan, and thrown away', async () => {
  const siaran = (...args: string[]) => run(args, { env: rig.env });
  expect(await siaran('drafts')).toMatchObject({ code: 0, stdout: 'Nobody is making a broadcast.\n' });
  const { id } = await checked(rig, spreadsheet(3, ['nonsense;Nobody;Rp 1']));
  expect((await siaran('drafts')).stdout).toMatch(new RegExp(`${id} +open .* ada +3 +December reminder`));
  expect(JSON.parse((await siaran('drafts', '--json')).stdout)).toMatchObject([{ id, check: { people: 3 } }]);
  const { stdout } = await siaran('draft', id);
  expect(stdout).toContain('3 people get *reminder:id* at once, 1 batch; 1 row is left out');
  expect(stdout).toMatch(/cost +not known: there is no price list/);
  expect(stdout).toMatch(/columns +phone_number ← Nomor HP, body_variable1 ← Nama/);
  expect(stdout).toMatch(/rejected +1: .*\(row 4\)/);
  expect(JSON.parse((await siaran('draft', id, '--json')).stdout)).toMatchObject({
    id,
    plan: { people: 3, faults: [] },
  });
  expect(await siaran('draft', id, '--discard')).toMatchObject({ code: 0 });
  expect(await siaran('draft', id)).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no draft') });
  expect((await siaran('audit', '--action', 'draft discard')).stdout).toContain(`threw draft "${id}" away`);
  expect((await siaran('drafts', '--limit', '0')).code).toBe(2);
});
