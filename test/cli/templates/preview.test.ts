import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let env: Setting['env'];
let list: string;

beforeAll(async () => {
  setting = await openSetting();
  ({ env } = setting);
  list = await setting.file(
    'phone_number,Nama,header_variable,button1_variable1\n6281234567890,5%,Ada,a\n6281234567891,7%,Budi,b\n12,7%,Cici,c\n',
  );
});

afterAll(() => setting.close());

const named = ['--template', 'december_promo', '--map', 'Nama=body_variable1'];

it('shows a row as its recipient will see it', async () => {
  expect(await json(['preview', list, ...named, '--row', '2'], { env })).toEqual({
    ...{ phoneNumber: '6281234567891', template: 'december_promo:id' },
    ...{ text: 'Promo untuk Budi\n\nDiskon _7%_ sampai akhir bulan.', header: 'Promo untuk Budi' },
    ...{ body: 'Diskon _7%_ sampai akhir bulan.', footer: null },
    buttons: [
      { type: 'url', text: 'Lihat', url: 'https://example.com/promo/b', phoneNumber: null },
      { type: 'quick_reply', text: 'Berhenti', url: null, phoneNumber: null },
    ],
  });
  const { stdout } = await run(['preview', list, ...named], { env });
  expect(stdout).toContain('Row 1 to 6281234567890, december_promo:id');
  expect(stdout).toMatch(/│ Promo untuk Ada {30,}│\n│ {50}│\n│ Diskon _5%_ sampai akhir bulan\. +│/);
  expect(stdout).toMatch(/├─+┤\n│ Lihat {2}https:\/\/example\.com\/promo\/a +│\n├─+┤\n│ Berhenti +│\n╰─+╯/);
});

it('breaks a long text between words, and warns of a template that is not approved', async () => {
  const words = 'Selamat pagi pelanggan setia kami di seluruh penjuru Nusantara. '.repeat(3).trim();
  await run(['templates', 'add', '--template-detail-id', '77', '--name', 'long', '--language', 'id', '--body', words], {
    env,
  });
  const file = await setting.file('phone_number\n6281234567890\n');
  const { stdout } = await run(['preview', file, '--template', 'long'], { env });
  const lines = stdout.split('\n').filter((line) => line.startsWith('│'));
  expect(lines.length).toBeGreaterThan(3);
  expect(new Set(lines.map((line) => line.length))).toEqual(new Set([52]));
  expect(lines.map((line) => line.slice(2, -2).trim()).join(' ')).toBe(words);
  const { code, stderr } = await run(['preview', file, '--template', 'flash_sale'], { env });
  expect([code, stderr]).toEqual([0, expect.stringContaining("flash_sale:id is rejected, and can't be sent.")]);
});

it.each([
  [['--row', '3'], /Row 3 of .* would be rejected: /],
  [['--row', '4'], /has 3 rows, and no row 4/],
  [['--row', '0'], /the first row is 1/],
  [['--template', 'reminder:id'], /needs|has 2 .* of the body's variables/],
])('refuses %j with what would be right, and exit code 2', async (args, words) => {
  const { code, stderr } = await run(['preview', list, ...named, ...args], { env });
  expect(stderr).toMatch(words);
  expect(code).toBe(2);
});
