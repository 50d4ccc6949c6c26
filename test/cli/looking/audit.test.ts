import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { list, openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let runId: string;
const number = '6289950000000';
beforeAll(async () => {
  setting = await openSetting({ env: { SIARAN_ACTOR: 'shift lead' } });
  const { env } = setting;
  const sent = ['send', await setting.file(list(2)), '--template-detail-id', '172', '--name', 'December'];
  ({ runId } = await json<{ runId: string }>(sent, { env }));
  for (const args of [
    ['pause', runId],
    ['suppress', 'add', number, '--reason', 'asked by phone'],
    ['export', runId],
    ['purge', '--older-than', '90d'],
  ])
    expect(await run(args, { env })).toMatchObject({ code: 0 });
  expect(await run(['cancel', 'rnobody00'], { env: { ...env, SIARAN_ACTOR: 'trainee' } })).toMatchObject({ code: 1 });
});
afterAll(() => setting.close());

test('the audit log tells in sentences what the command line did, in whose name', async () => {
  const { stdout } = await run(['audit'], { env: setting.env });
  const lines = stdout.trimEnd().split('\n');
  const what = `run "December" (${runId})`;
  expect(lines.map((line) => line.replace(/^.*?(?=shift lead|trainee)/, ''))).toEqual([
    'trainee cancelled "rnobody00" (refused: nothing was changed)',
    'shift lead removed the numbers and values of runs that ended more than 90d ago',
    `shift lead exported the recipients of ${what}`,
    'shift lead put 1 number on the suppression list, because: asked by phone',
    `shift lead paused ${what}`,
    `shift lead sealed ${what}`,
    `shift lead enqueued recipients of ${what}`,
    `shift lead started ${what}`,
  ]);
});

test('it is asked by person, deed, run and number, as JSON and as CSV', async () => {
  const { env } = setting;
  const asked = (...args: string[]) => json<{ action: string }[]>(['audit', ...args], { env });
  expect(await asked('--actor', 'trainee')).toMatchObject([{ action: 'cancel', status: 404 }]);
  expect(await asked('--action', 'export')).toMatchObject([{ target: runId }]);
  expect(await asked('--number', number)).toMatchObject([{ action: 'suppress' }]);
  expect(await asked('--until', '2020-01-01T00:00:00Z')).toEqual([]);
  expect(await asked('--limit', '1')).toHaveLength(1);
  const csv = await run(['audit', '--target', runId, '--csv'], { env });
  const rows = parse(csv.stdout, { columns: true }) as { action: string }[];
  expect(rows.map(({ action }) => action)).toEqual(['export', 'pause', 'seal', 'enqueue', 'start']);
});

test.each([
  [['--action', 'sing'], 'sing'],
  [['--since', 'yesterday'], 'not an instant'],
  [['--limit', '0'], '1 to 1000'],
  [['--csv', '--json'], 'not both'],
  [['--number', 'abc'], 'phone_number'],
])('%j is refused as wrong usage', async (args, words) => {
  const { code, stderr } = await run(['audit', ...args], { env: setting.env });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
});
