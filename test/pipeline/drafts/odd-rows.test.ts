import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeDraft } from '../../../src/pipeline/drafts/change-draft.js';
import { startCheck } from '../../../src/pipeline/drafts/check-draft.js';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { checked, csvOf, spreadsheet, uploaded } from './drafts.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('doubtful rows are told with why and what stands in them; of a suppressed number nothing is', async () => {
  await rig.siaran.suppress([phoneNumber(601)]);
  const odd = [`${phoneNumber(73)};#N/A;<b>Rp 1</b>`, `${phoneNumber(601)};#N/A;Rp 7`, 'abc;#N/A;Rp 1'];
  const draft = await checked(rig, spreadsheet(3, odd));
  const [heads, ...rows] = (await csvOf(rig, draft.id, 'doubtful')).replace('\ufeff', '').trimEnd().split('\r\n');
  expect(heads).toBe('row,reason,phone_number,body_variable1,body_variable2');
  expect(rows).toEqual([
    `4,"body_variable1: an error of a spreadsheet; body_variable2: marks of HTML, which WhatsApp shows as they are",${phoneNumber(73)},#N/A,<b>Rp 1</b>`,
    '5,(suppressed),,,',
  ]);
});

test('a value that is empty in every row was forgotten in none, and what is doubtful is known after a check only', async () => {
  const list = (values: string[]) =>
    `phone_number;body_variable1;body_variable2\n${values.map((value, at) => `${phoneNumber(at)};Nama;${value}`).join('\n')}\n`;
  const draftOf = async (values: string[]) =>
    changeDraft(rig.ctx, await uploaded(rig, list(values)), {
      ...{ template: { template: 'reminder:id' }, settings: { values: 'send' } },
    });
  const never = await draftOf(['', '']);
  await expect(csvOf(rig, never.id, 'doubtful')).rejects.toThrow('check it first');
  await startCheck(rig.ctx, never, { waitMs: 20_000 });
  expect((await csvOf(rig, never.id, 'doubtful')).trimEnd().split('\r\n')).toHaveLength(1);
  const sometimes = await startCheck(rig.ctx, await draftOf(['Rp 1', '']), { waitMs: 20_000 });
  expect(await csvOf(rig, sometimes.id, 'doubtful')).toMatch(
    /2,.*body_variable2: empty, where other rows have a value/,
  );
});
