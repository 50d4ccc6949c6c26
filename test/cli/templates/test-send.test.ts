import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let env: Setting['env'];

beforeAll(async () => {
  setting = await openSetting({ worker: true });
  ({ env } = setting);
});

afterAll(() => setting.close());

const reminder = ['test-send', '--template', 'reminder:id'];
const number = '6281234567890';

it('sends a template to oneself, and shows what is seen', async () => {
  const { code, stdout } = await run([...reminder, '--to', number, '--variables', 'Ada,Rp 5'], { env });
  expect(stdout).toMatch(/│ Halo Ada, tagihan \*Rp 5\* jatuh tempo besok\. +│/);
  expect(stdout).toContain(`The test to ${number} was handed over.`);
  expect(code).toBe(0);
  expect(setting.sandbox.accepted.deliveriesTo(number)).toBe(1);
});

it('sends a row of a file', async () => {
  const file = await setting.file(`phone_number,body_variable1,Jumlah\n628111111111,Ada,5\n628111111112,Budi,7\n`);
  const args = [file, '--row', '2', '--map', 'Jumlah=body_variable2', '--to', `${number},6281234567891`];
  expect(await json([...reminder, ...args], { env })).toMatchObject({
    ...{ phoneNumbers: [number, '6281234567891'], outcome: 'handed_over' },
    message: { body: 'Halo Budi, tagihan *7* jatuh tempo besok.' },
  });
  expect(setting.sandbox.accepted.deliveriesTo('628111111112')).toBe(0);
});

it('ends with 1 when Qiscus did not take it', async () => {
  setting.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, times: 1 }]);
  const { code, stdout } = await run([...reminder, '--to', number, '--variables', 'Ada,Rp 5'], { env });
  expect(stdout).toContain('did not go out (refused)');
  expect(code).toBe(1);
});

it.each([
  [['--variables', 'Ada,5'], {}, /To whom\? Name a number, or set SIARAN_TEST_NUMBERS/],
  [['--to', number, '--row', '2'], {}, /--row is of a file/],
  [['x.csv', '--to', number, '--variables', 'a'], {}, /not both/],
  [
    ['--to', number, '--variables', 'a,b'],
    { SIARAN_TEST_NUMBERS: '6281234567899' },
    /only be sent to the numbers of SIARAN_TEST/,
  ],
  [
    ['--to', number, '--variables', 'a,b'],
    { SIARAN_TEST_NUMBERS: '081234' },
    /SIARAN_TEST_NUMBERS must be phone numbers with their country/,
  ],
])('refuses %j with what would be right, and exit code 2', async (args, more, words) => {
  const { code, stderr } = await run([...reminder, ...args], { env: { ...env, ...more } });
  expect(stderr).toMatch(words);
  expect(code).toBe(2);
});
