import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { openSetting, type Setting } from '../setting.js';
import { json, run, start, until } from '../siaran.js';

let setting: Setting;
let sandbox: Setting['sandbox'];
let env: Setting['env'];
let folder: Setting['folder'];
let runId: string;

const settings = ['--template-detail-id', '172', '--name', 'Test'];
const header = 'customer_name,phone_number,body_variable1\n';

beforeAll(async () => {
  setting = await openSetting({ worker: true });
  ({ sandbox, env, folder } = setting);
  const good = (index: number) => `"Toko ""${index}"", Bandung",628990000${String(index).padStart(4, '0')},"a\nb"\n`;
  const bad = (index: number) => `x,bad${index},y\n`;
  const indexes = Array.from({ length: 2_100 }, (_, index) => index);
  const path = join(folder, 'list.csv');
  await writeFile(path, header + indexes.map((index) => good(index) + bad(index)).join(''));
  const sent = await json<{ runId: string }>(
    ['send', path, ...settings, '--values', 'send', '--start-at', '2099-01-01T09:00:00+07:00', '--watch'],
    { env },
  );
  runId = sent.runId;
});

afterAll(() => setting.close());

describe('a delivered run', () => {
  it('is shown, alone and among the runs, as one JSON document and to people', async () => {
    const view = await json<object>(['run', runId], { env });
    expect(view).toMatchObject({
      id: runId,
      status: 'finished',
      outcome: 'handed_over',
      startAt: '2099-01-01T02:00:00.000Z',
    });
    expect(view).toMatchObject({ recipients: { scheduled: 2_100, rejected: 2_100 }, batches: { scheduled: 3 } });
    expect(await json(['runs', '--limit', '1'], { env })).toEqual([view]);
    const people = await run(['run', runId, '--watch'], { env });
    expect(people).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/status +handed over, starts Thu 1 Jan 2099 02:00 UTC\n/),
    });
    expect(people.stdout).toMatch(/2,100 scheduled/);
    expect(people.stdout).toMatch(/starts +Thu 1 Jan 2099 02:00 UTC\n/);
    const makassar = { env: { ...env, TZ: 'Asia/Makassar' } };
    for (const command of [['run', runId], ['batches', runId], ['runs'], ['recipient', '6289900000007']])
      expect((await run(command, makassar)).stdout).toMatch(/Thu 1 Jan 2099 10:00 WITA/);
  });

  it('has its batches with the ids that the sandbox gave', async () => {
    const batches = await json<{ broadcastJobId: number; broadcastFileId: number }[]>(['batches', runId], { env });
    const jobs = sandbox.accepted.jobs().map(({ id, broadcastFileId }) => ({ broadcastJobId: id, broadcastFileId }));
    const given = batches.map(({ broadcastJobId, broadcastFileId }) => ({ broadcastJobId, broadcastFileId }));
    expect(given).toHaveLength(3);
    expect(jobs).toEqual(expect.arrayContaining(given));
    expect(await json(['batches', runId, '--status', 'failed'], { env })).toEqual([]);
    expect(await run(['batches', runId, '--status', 'fine'], { env })).toMatchObject({ code: 2, stdout: '' });
  });

  it('lists all rejected rows in order', async () => {
    const rejections = await json<{ source: string; position: number; reason: string }[]>(['rejections', runId], {
      env,
    });
    expect(rejections.map(({ position }) => position)).toEqual(Array.from({ length: 2_100 }, (_, at) => 2 * at + 2));
    expect(rejections[0]).toEqual({ source: 'file', position: 2, reason: expect.any(String) });
  });

  it('is exported with every value and what became of each recipient', async () => {
    const { stdout } = await run(['export', runId], { env });
    const rows = parse(stdout, { columns: true }) as Record<string, string>[];
    expect(Object.keys(rows[0] ?? {})).toEqual(
      [
        'customer_name,phone_number,body_variable1,batch,status,started_at,broadcast_job_id,error',
        'broadcast_log_id,message_id,delivery_status,code,notes',
      ].flatMap((names) => names.split(',')),
    );
    expect(rows).toHaveLength(2_100);
    expect(new Set(rows.map((row) => row.phone_number)).size).toBe(2_100);
    expect(rows[7]).toMatchObject({
      customer_name: 'Toko "7", Bandung',
      phone_number: '6289900000007',
      body_variable1: 'a\nb',
      batch: `${runId}-0001`,
      status: 'scheduled',
      started_at: '2099-01-01T02:00:00.000Z',
    });
    const objects = await json<Record<string, unknown>[]>(['export', runId], { env });
    expect(objects).toHaveLength(2_100);
    expect(objects[7]).toMatchObject({
      phone_number: '6289900000007',
      broadcast_job_id: expect.any(Number),
      error: null,
    });
  });

  it.each([['export'], ['rejections']])('%s into a pipe that is closed early ends quietly', async (command) => {
    const running = start([command, runId], { env, input: '' });
    running.child.stdout?.destroy();
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('has nothing to retry', async () => {
    expect(await json(['retry', runId], { env })).toEqual({ batches: 0, recipients: 0 });
  });
});

it.each([['run'], ['batches'], ['rejections'], ['export'], ['seal'], ['retry']])(
  '%s of a run that does not exist fails with one message',
  async (command) => {
    const ended = await run([command, 'r00000000', '--json'], { env });
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: There is no run.* "r00000000"\.\n$/),
    });
  },
);

it('a batch that was refused is shown with the words of the provider, and retried', async () => {
  sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, times: 1 }]);
  const failing = await run(['send', '-', ...settings, '--key', 'retry', '--watch', '--json'], {
    env,
    input: 'phone_number\n6289911110000\n',
  });
  expect(failing.code).toBe(1);
  const { runId: id } = JSON.parse(failing.stdout) as { runId: string };
  const batches = await json<{ error: string }[]>(['batches', id, '--status', 'failed'], { env });
  expect(batches).toHaveLength(1);
  expect(batches[0]?.error).toMatch(/422/);
  expect(await json(['retry', `${id}-0001`], { env })).toEqual({ batches: 1, recipients: 1 });
  expect((await run(['run', id, '--watch'], { env })).code).toBe(0);
});

it("a held account shows in run and doctor, and resume --account lifts it, and nobody else's", async () => {
  sandbox.setFaults([{ on: 'upload', kind: 'http', status: 401 }]);
  const sent = await json<{ runId: string }>(['send', '-', ...settings, '--key', 'held'], {
    env,
    input: 'phone_number\n6289911110001\n',
  });
  const held = await until(async () => (await setting.siaran.run(sent.runId)).held, 'a hold');
  expect(held.kind).toBe('refused');
  expect((await run(['run', sent.runId], { env })).stdout).toMatch(/held .*401/);
  const doctor = await run(['doctor', '--json'], { env });
  expect(doctor.code).toBe(1);
  const holds = (JSON.parse(doctor.stdout) as { check: string; ok: boolean }[]).find(({ check }) => check === 'Holds');
  expect(holds).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/401/),
    todo: expect.stringMatching(/resume --account default/),
  });
  // While it lasts: once the provider accepts uploads again, the hold is lifted by itself.
  await setting.environment.query(`INSERT INTO accounts (name, portfolio) VALUES ('other', 'other')`);
  await setting.environment.query(
    `INSERT INTO holds (account, kind, reason) VALUES ('other', 'unknowns', 'three in a row')`,
  );
  const lifted = await run(['resume', '--account', 'default'], { env });
  expect(lifted).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Lifted: default was held.*\nMay send again: default\n$/s),
  });
  expect(await json(['resume', '--all'], { env })).toContainEqual(expect.objectContaining({ account: 'other' }));
  sandbox.setFaults([]);
  expect((await run(['run', sent.runId, '--watch'], { env })).code).toBe(0);
});
