import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { list, openSetting, type Setting } from '../setting.js';
import { json, run, start } from '../siaran.js';

let setting: Setting;
let environment: Setting['environment'];
let env: Setting['env'];
let folder: Setting['folder'];
let file: Setting['file'];

beforeAll(async () => {
  setting = await openSetting();
  ({ environment, env, folder, file } = setting);
});

afterAll(() => setting.close());

const add = (name: string, audience: string, ...more: string[]) => [
  ...['campaign', 'add', '--name', name, '--template-detail-id', '172', '--columns', 'phone_number'],
  ...['--audience', audience, '--schedule', '0 9 * * mon', '--timezone', 'Asia/Jakarta', ...more],
];

describe('campaign', () => {
  it('is added from flags, listed, shown, fired, paused, resumed and removed', async () => {
    const path = await file(list(1_200), 'members.csv');
    const added = await json(add('Members', `file:${path}`, '--prepare-ahead', '30m', '--catch-up', 'skip'), { env });
    expect(added).toMatchObject({
      ...{ name: 'Members', status: 'active', existed: false, audience: `file:${path}`, catchUp: 'skip' },
      ...{ schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta', prepareAheadMs: 1_800_000 },
    });
    const again = await json(add('Members', `file:${path}`, '--prepare-ahead', '30m', '--catch-up', 'skip'), { env });
    expect(again).toMatchObject({ existed: true });
    expect(await run(add('Members', `file:${path}`), { env })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/prepareAheadMs was 1800000, is now 0.*Remove it first/),
    });

    const { next } = await json<{ next: { at: string }[] }>(['campaign', 'show', 'Members', '--next', '3'], { env });
    expect(next).toHaveLength(3);
    for (const { at } of next) expect(new Date(at).toISOString()).toMatch(/T02:00:00/);
    expect(next[0]).toEqual({
      ...{ at: next[0]?.at, firstStartAt: next[0]?.at, lastStartAt: next[0]?.at },
      ...{ files: 2, limit: null, tooLate: 0 },
    });
    expect((await run(['campaign', 'list'], { env })).stdout).toMatch(/Members +active .*0 9 \* \* mon +Asia\/Jakarta/);

    const { runId } = await json<{ runId: string }>(['campaign', 'fire', 'Members'], { env });
    const worker = start(['worker'], { env });
    try {
      const watched = await run(['run', runId, '--watch', '--json'], { env });
      expect(watched.code).toBe(0);
      expect(JSON.parse(watched.stdout)).toMatchObject({
        outcome: 'handed_over',
        recipients: { scheduled: 1_200 },
      });
    } finally {
      worker.child.kill('SIGTERM');
      await worker.ended;
    }
    expect((await run(['campaign', 'show', 'Members'], { env })).stdout).toMatch(
      new RegExp(`Latest firings\\n.* fired +${runId}`),
    );

    expect(await json(['campaign', 'pause', 'Members'], { env })).toEqual({ name: 'Members' });
    expect(await json(['campaign', 'list'], { env })).toMatchObject([{ name: 'Members', status: 'paused' }]);
    await json(['campaign', 'resume', 'Members'], { env });
    expect(await json(['campaign', 'show', 'Members'], { env })).toMatchObject({ status: 'active' });
    await json(['campaign', 'remove', 'Members'], { env });
    expect(await run(['campaign', 'show', 'Members'], { env })).toMatchObject({
      code: 1,
      stderr: 'error: There is no campaign "Members".\n',
    });
  });

  it('is added from YAML and JSON, and flags override what stands there', async () => {
    await file(list(10), 'people.csv');
    const yaml = await file(
      [
        'name: From YAML',
        'templateDetailId: 172',
        'columns: [phone_number]',
        'audience: file:people.csv',
        'schedule: "30 8 1 * *"',
        'timezone: Europe/Berlin',
        'pace: 2000/1h',
        'window: 08:00-20:00',
        'window-days: mon-fri',
      ].join('\n'),
      'weekly.yaml',
    );
    const added = await json(['campaign', 'add', '--from', yaml, '--pace', '500/1h'], {
      env: { ...env, SIARAN_AUDIENCE_DIR: folder },
    });
    expect(added).toMatchObject({
      audience: 'file:people.csv',
      delivery: { pace: { recipients: 500, durationMs: 3_600_000 }, window: { days: [1, 2, 3, 4, 5] } },
    });
    const settings = { name: 'From JSON', templateDetailId: 172, columns: ['phone_number'], first: 5 };
    const rest = { audience: "sql:SELECT '6281234567890' AS phone_number", schedule: '2099-01-01T09:00:00Z' };
    const asJson = await file(JSON.stringify({ ...settings, ...rest }), 'once.json');
    expect(await json(['campaign', 'add', '--from', asJson], { env })).toMatchObject({
      schedule: '2099-01-01T09:00:00.000Z',
      delivery: { first: 5 },
    });
  });

  it('tells its next five firings by its own clock, and what its cron leaves out', async () => {
    const path = await file(list(1), 'monthly.csv');
    const monthly = add('Monthly', `file:${path}`, '--schedule', '0 9 31 * *');
    const five =
      /next( +\w{3} 31 (Jan|Mar|May|Jul|Aug|Oct|Dec) \d{4} 09:00 WIB\n){5} +schedule +0 9 31 \* \* +Asia\/Jakarta\n/;
    const skipped =
      'Warning: the 31st is skipped in Feb, Apr, Jun, Sep and Nov; the last day of each month is 0 9 L * *';
    for (const command of [monthly, ['campaign', 'show', 'Monthly']]) {
      const { stdout } = await run(command, { env });
      expect(stdout).toMatch(five);
      expect(stdout).toContain(skipped);
    }
    const { firesNext } = await json<{ firesNext: string[] }>(['campaign', 'show', 'Monthly'], { env });
    expect(firesNext.map((at) => at.slice(8, 16))).toEqual(Array(5).fill('31T02:00'));
    expect((await run(['campaign', 'list'], { env })).stdout).toMatch(
      /Monthly +active +\w{3} 31 \w{3} \d{4} 09:00 WIB/,
    );
    const { runId } = await json<{ runId: string }>(['campaign', 'fire', 'Monthly'], { env });
    expect(await json(['run', runId], { env })).toMatchObject({ timeZone: 'Asia/Jakarta' });
    expect((await run(['run', runId], { env })).stdout).toMatch(/held .*since \w{3} \d+ \w{3} \d{4} [\d:]+ WIB/);
    await json(['cancel', runId], { env });
    await json(['campaign', 'remove', 'Monthly'], { env });
  });

  it('skips dates and those of a calendar, and says so among its next firings', async () => {
    const path = await file(list(1), 'daily.csv');
    const inDays = (days: number) => DateTime.now().setZone('Asia/Jakarta').plus({ days });
    const dateIn = (days: number) => inDays(days).toISODate() ?? '';
    const calendars = await file(`indonesia: [${dateIn(3)} Nyepi, 2099-01-01]`, 'calendars.yaml');
    const knowing = { ...env, SIARAN_CALENDARS_FILE: calendars };
    const flags = [
      '--schedule',
      '0 9 * * *',
      '--skip-dates',
      `${dateIn(2)}, ${dateIn(500)}`,
      '--calendar',
      'indonesia',
    ];
    const daily = add('Daily', `file:${path}`, ...flags);
    expect(await run(daily, { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'calendar is "indonesia", which SIARAN_CALENDARS_FILE doesn\'t have here; it has none',
      ),
    });
    const { stdout } = await run(daily, { env: knowing });
    const line = (days: number) => `${inDays(days).toFormat('ccc d LLL yyyy')} 09:00 WIB`;
    expect(stdout).toMatch(
      new RegExp(
        `${line(1)}\n +${line(2)}  skipped  the campaign skips this date\n +${line(3)}  skipped  Nyepi, calendar indonesia\n +${line(4)}\n`,
      ),
    );
    expect(stdout).toContain(`${dateIn(2)}, ${dateIn(500)}, calendar indonesia`);
    expect((await run(['campaign', 'show', 'Daily'], { env })).stdout).toMatch(
      /not known here\n.*Warning: SIARAN_CALENDARS_FILE doesn't have calendar indonesia here/,
    );
    expect((await run(['doctor'], { env })).stdout).toMatch(
      /FAIL +Campaigns +Daily: SIARAN_CALENDARS_FILE doesn't have/,
    );
    const unset = ['campaign', 'edit', 'Daily', '--unset', 'skip-dates,calendar'];
    expect(await json(unset, { env })).toMatchObject({ skipDates: [], calendar: null, version: 2 });
    await json(['campaign', 'remove', 'Daily'], { env });
  });

  it('reads full names of days, and fires more often than hourly only if that is meant', async () => {
    const path = await file(list(1), 'often.csv');
    const often = add('Often', `file:${path}`, '--schedule', '*/30 9 * * monday-friday');
    expect(await run(often, { env })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/"\*\/30 9 \* \* mon-fri" fires more often than hourly.*--often/),
    });
    expect(await json([...often, '--often'], { env })).toMatchObject({ schedule: '*/30 9 * * mon-fri' });
    const yaml = await file('often: true\nschedule: "*/5 * * * *"\nname: From a file', 'often.yaml');
    expect(
      await json(
        [
          ...add('x', `file:${path}`).slice(0, 2),
          '--from',
          yaml,
          ...add('x', `file:${path}`).slice(4, 10),
          '--timezone',
          'UTC',
        ],
        { env },
      ),
    ).toMatchObject({ name: 'From a file', existed: false });
  });

  it.each([
    ["Quartz's ?", ['--schedule', '0 9 ? * mon'], /has a \?, which is Quartz's; write 0 9 \* \* mon/],
    ['both day fields', ['--schedule', '0 9 1-7 * mon'], /MON#1, the first such day of the month, was probably meant/],
    ['an abbreviation', ['--timezone', 'IST'], /"IST" is an abbreviation.*Asia\/Kolkata was probably meant/],
    ['an inverted offset', ['--timezone', 'Etc/GMT-7'], /"Etc\/GMT-7" means UTC\+7.*write Asia\/Jakarta/],
    ['an unknown time zone', ['--timezone', 'Asia/Atlantis'], /"Asia\/Atlantis".*Asia\/Jakarta/],
    ['a cron that never fires', ['--schedule', '0 0 31 2 *'], /never fires.*0 9 \* \* mon/],
    ['a window that never opens', ['--window', '08:00-08:00'], /--window is "08:00-08:00".*08:00-20:00/],
    ['a pace of 0', ['--pace', '0/1h'], /--pace is "0\/1h".*2000\/1h/],
    ['a daily limit of 0', ['--daily-limit', '0'], /--daily-limit is 0; write a whole number of recipients from 1 up/],
    ['a file that is not there', ['--audience', 'file:nowhere.csv'], /nowhere\.csv.*no such file/],
    ['a file of another folder', ['--audience', 'file:/etc/passwd'], /it is not below .*SIARAN_AUDIENCE_DIR/],
    ['SQL that is no SELECT', ['--audience', 'sql:DELETE FROM runs'], /SELECT/],
    ['two statements', ['--audience', 'sql:SELECT 1; DROP TABLE runs'], /SELECT/],
    ['an audience of no kind', ['--audience', 'members.csv'], /file:.*sql:.*function:/],
    ['a count of words', ['--first', 'ten'], /--first is "ten"; it is a whole number/],
  ])('with %s is refused, with what would be right', async (_, more, words) => {
    const path = await file(list(1), 'right.csv');
    const ended = await run(add('Wrong', `file:${path}`, ...more), { env });
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) });
    expect(ended.stderr).not.toMatch(/\n +at /);
  });

  it('whose file of settings is wrong is refused with each line that is', async () => {
    const wrong = await file('name: 5\nschedul: "0 9 * * *"\ncolumns: phone_number\n', 'wrong.yaml');
    const { code, stderr } = await run(['campaign', 'add', '--from', wrong], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/name is "5"; it must be a text.*"schedul" is not a setting.*columns is .*list of texts/s);
    const broken = await file('name: [5\n', 'broken.yaml');
    expect(await run(['campaign', 'add', '--from', broken], { env })).toMatchObject({ code: 2 });
    expect(await run(['campaign', 'add', '--from', '/nowhere.yaml'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no such file'),
    });
    expect(await run(['campaign', 'add', '--name', 'x'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--template-detail-id, --columns, --audience, --schedule/),
    });
  });
});

it('the doctor names a campaign whose audience nobody reads, and what to do', async () => {
  await json(add('Function', 'function:due invoices'), { env });
  const { runId } = await json<{ runId: string }>(['campaign', 'fire', 'Function'], { env });
  expect((await run(['doctor'], { env })).stdout).toMatch(/OK +Campaigns/);
  await environment.query("UPDATE firings SET decided_at = decided_at - interval '10 minutes' WHERE run_id = $1", [
    runId,
  ]);
  expect((await run(['doctor'], { env })).stdout).toMatch(
    new RegExp(`FAIL +Campaigns +.*Function \\(run ${runId}\\).*\\n.*registers function:due invoices`),
  );
  await json(['cancel', runId], { env });
});
