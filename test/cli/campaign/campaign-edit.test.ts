import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { list, openSetting, type Setting } from '../setting.js';
import { json, run, start, until } from '../siaran.js';

let setting: Setting;
let sandbox: Setting['sandbox'];
let env: Setting['env'];
let file: Setting['file'];

beforeAll(async () => {
  setting = await openSetting();
  ({ sandbox, env, file } = setting);
});

afterAll(() => setting.close());

it('a campaign is changed, fired anew, cancelled and removed, and each says what still goes out', async () => {
  const path = await file(list(20, 9_000), 'promo.csv');
  const at = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000).toISOString();
  const yaml = await file(
    `name: Promo\ntemplateDetailId: 172\ncolumns: [phone_number]\naudience: file:${path}\nschedule: "${at}"\npace: 500/1h\nretry-after-failure: {codes: [131026], after: 24h, times: 1}\nprepare-ahead: 2h\nhand-over: 10m\n`,
    'promo.yaml',
  );
  await json(['campaign', 'add', '--from', yaml], { env });
  const worker = start(['worker'], { env });
  try {
    const first = await until(async () => {
      const { firings } = await setting.siaran.campaign('Promo');
      return firings[0]?.status === 'prepared' ? (firings[0].runId ?? undefined) : undefined;
    }, 'the firing');
    const changes = await file('name: Promo\npace: null\ntoo-late-after: 4h\n', 'changes.yaml');
    const edited = await json<{ runs: object[] }>(
      [
        'campaign',
        'edit',
        'Promo',
        '--from',
        changes,
        '--template-detail-id',
        '173',
        '--if-version',
        '1',
        '--by',
        'ada',
      ],
      { env },
    );
    expect(edited).toMatchObject({
      ...{ version: 2, changedBy: 'ada', templateDetailId: 173, redone: [], jobs: [] },
      delivery: { pace: null, tooLateAfterMs: 14_400_000 },
      retryAfterFailure: { codes: [131026], afterMs: 86_400_000, times: 1 },
      runs: [{ runId: first, recipients: 20, startsAt: at }],
    });
    expect(await json(['campaign', 'versions', 'Promo'], { env })).toMatchObject([
      { version: 2, by: 'ada', changes: expect.arrayContaining(['templateDetailId was 172, is now 173']) },
      { version: 1, changes: [] },
    ]);
    expect((await run(['campaign', 'versions', 'Promo'], { env })).stdout).toMatch(
      /^Version 2 .* by ada\n {2}[\s\S]*templateDetailId was 172, is now 173\n[\s\S]*Version 1 .*\n {2}it was added\n$/,
    );
    expect(await run(['campaign', 'edit', 'Promo', '--if-version', '1', '--redo'], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/you saw version 1, it has version 2 now/),
    });
    const shown = await run(['campaign', 'edit', 'Promo', '--unset', 'hand-over', '--redo'], { env });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(
      new RegExp(
        `version 3:\\n +handOverAheadMs was 600000, is now null\\nRun ${first} of .* UTC is cancelled; it is fired anew as run`,
      ),
    );
    const [, second = ''] = /fired anew as run (\w+)/.exec(shown.stdout) ?? [];
    const watched = await run(['run', second, '--watch'], { env });
    expect(watched.stdout).toMatch(/status +handed over, starts \w+ \d+ \w+ \d+ \d\d:\d\d UTC\n/);

    const jobs = sandbox.accepted.jobs().filter(({ name }) => name.startsWith(`[${second}`));
    const job = {
      broadcastJobId: jobs[0]?.id,
      batchId: `${second}-0001`,
      runId: second,
      runName: 'Promo',
      startedAt: at,
      recipients: 20,
    };
    const late = await run(['campaign', 'edit', 'Promo', '--template-detail-id', '174', '--redo'], { env });
    expect(late).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`broadcast job ${job.broadcastJobId} of ${job.batchId}`),
    });
    const cancelled = await run(['cancel', second, '--json'], { env });
    expect(cancelled.code).toBe(1);
    expect(JSON.parse(cancelled.stdout)).toEqual({
      ...{
        handedOver: { batches: 1, recipients: 20 },
        inFlight: { batches: 0, recipients: 0 },
        held: { batches: 0, recipients: 0 },
      },
      jobs: [job],
    });
    expect(await json(['campaign', 'remove', 'Promo'], { env })).toEqual({
      removed: true,
      runs: [{ runId: second, recipients: 20, startsAt: job.startedAt }],
    });
    const again = await run(['campaign', 'add', '--from', yaml], { env });
    expect(again.stdout).toMatch(new RegExp(`skipped +fired before as run ${second}, by a campaign of this name`));
    const removed = await run(['campaign', 'remove', 'Promo', '--cancel-runs'], { env });
    expect(removed).toMatchObject({ code: 0, stdout: 'Campaign Promo is removed.\n' });
  } finally {
    worker.child.kill('SIGTERM');
    await worker.ended;
  }
  expect(Math.max(...sandbox.accepted.deliveries().values())).toBe(1);
}, 120_000);
