import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { json, run } from '../cli/siaran.js';
import { type AdminRig, startAdminRig } from '../support/admin.js';
import { eventually, finished, phoneNumber } from '../support/rig.js';
import { beganHoursAgo, delivered, type Item, item, tell } from '../support/statuses.js';
import { openVisitors, type Visitors } from './visitors.js';

let rig: AdminRig;
let get: Visitors['get'];
let runId: string;
const numbers = Array.from({ length: 10 }, (_, index) => phoneNumber(index));
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);

/** Of ten: one read, two delivered, one sent, three that failed, one that failed after delivery, two of which nothing is told. */
const told = (name: string, of: readonly string[]): Item[] => {
  const fates = ['read', 'delivered', 'delivered', 'sent', 131026, 131026, 131049, 'later'];
  return fates.flatMap((fate, at) => {
    const [id, number] = [`${name}.${at}`, of[at]];
    if (typeof fate === 'number') return [item(id, 'failed', ago(1), number, fate)];
    if (fate !== 'later') return [item(id, fate, ago(1), number)];
    return [item(id, 'failed', ago(0.9), number, 131053), item(id, 'delivered', ago(1), number)];
  });
};

const counts = {
  ...{ handedOver: 10, sent: 5, delivered: 4, read: 1, failed: 3, failedAfterDelivered: 1, unanswered: 2, inferred: 8 },
};
const reasons = [
  {
    code: 131026,
    count: 2,
    afterDelivered: 0,
    meaning: expect.stringContaining('no WhatsApp'),
    advice: expect.any(String),
  },
  {
    code: 131049,
    count: 1,
    afterDelivered: 0,
    meaning: expect.any(String),
    advice: expect.stringContaining('24 hours'),
  },
  { code: 131053, count: 0, afterDelivered: 1, meaning: expect.any(String), advice: expect.any(String) },
];

beforeAll(async () => {
  rig = await startAdminRig();
  ({ get } = await openVisitors(rig));
  await rig.work();
  runId = await delivered(rig, numbers, 2);
  await tell(rig, ...told('m', numbers));
});
afterAll(() => rig.close());

test('the results of a run are the same in the library, in HTTP, as JSON of two commands, and for people', async () => {
  const all = { ...counts, reasons };
  const results = await rig.siaran.results(runId);
  expect(results).toEqual({ runId, name: '2 hours ago', ...all, hours: expect.any(Array) });
  expect(results.hours.at(-1)).toEqual({ hour: expect.any(String), sent: 5, delivered: 4, read: 1, failed: 3 });
  expect((await rig.ask('GET', `/api/v1/runs/${runId}/results`)).body).toEqual(JSON.parse(JSON.stringify(results)));
  expect((await rig.ask('GET', `/api/v1/runs/${runId}`)).body.messages).toMatchObject(all);
  expect(await json(['results', runId], { env: rig.env })).toEqual(JSON.parse(JSON.stringify(results)));
  expect((await json<{ messages: object }>(['run', runId], { env: rig.env })).messages).toMatchObject(all);
  const { stdout } = await run(['results', runId], { env: rig.env });
  expect(stdout).toMatch(/handed over +10\n +sent +5 \(50\.0 %\)\n +delivered +4 \(40\.0 %\)/);
  expect(stdout).toMatch(/131026 +2: WhatsApp could not deliver it.*\n +Ask the customer/);
  expect(stdout).toMatch(/131053 +1 after delivery:/);
});

test('the command asks for one of a run and a campaign, and says which are not there', async () => {
  for (const args of [[], [runId, '--campaign', 'x']])
    expect(await run(['results', ...args], { env: rig.env })).toMatchObject({ code: 2 });
  for (const args of [['nosuchrun'], ['--campaign', 'x']])
    expect(await run(['results', ...args], { env: rig.env })).toMatchObject({ code: 1, stdout: '' });
  expect((await rig.ask('GET', '/api/v1/runs/nosuchrun/results')).status).toBe(404);
});

test('the page of a run has them as a funnel, with reasons and what to do, and an export of each', async () => {
  const page = (await get(`/runs/${runId}`)).text;
  expect(page).toMatch(/<b>10<\/b> handed over <span class="faint">8 matched by number and time/);
  expect(page).toMatch(/<dt>Delivered<\/dt>.*<b>4<\/b> <span class="faint">40\.0 %/);
  expect(page).toContain('Ask the customer for another number');
  for (const query of ['code=131026', 'status=failed', 'status=unanswered', 'status=read'])
    expect(page).toContain(`<a href="/api/v1/runs/${runId}/export?${query}" download>`);
});

test('an export has only those who are asked for, by what became of them and by why it failed', async () => {
  const asked = async (...args: string[]) => {
    const { stdout, code } = await run(['export', runId, ...args], { env: rig.env });
    expect(code).toBe(0);
    return (parse(stdout, { columns: true }) as { phone_number: string }[]).map((row) => row.phone_number);
  };
  expect(await asked()).toEqual(numbers);
  expect(await asked('--status', 'failed')).toEqual(numbers.slice(4, 7));
  expect(await asked('--status', 'failed,failed_after_delivered', '--code', '131049,131053')).toEqual(
    numbers.slice(6, 8),
  );
  expect(await asked('--status', 'unanswered')).toEqual(numbers.slice(8));
  expect(await asked('--code', '132000')).toEqual([]);
  expect(await asked('--code', 'none')).toEqual([]);
  const some = [30, 31, 32].map(phoneNumber);
  const other = await delivered(rig, some, 2);
  await tell(rig, item('none.0', 'failed', ago(1), some[0]), item('none.1', 'failed', ago(1), some[1], 131026));
  const untold = await run(['export', other, '--code', 'none'], { env: rig.env });
  expect(parse(untold.stdout, { columns: true })).toMatchObject([{ phone_number: some[0], code: '' }]);
  expect((await get(`/runs/${other}`)).text).toContain(`/api/v1/runs/${other}/export?code=none`);
  const both = await rig.ask('GET', `/api/v1/runs/${other}/export?code=none,131026`);
  expect((parse(both.text, { columns: true }) as object[]).length).toBe(2);
  const http = await rig.ask('GET', `/api/v1/runs/${runId}/export?status=read,sent`);
  expect((parse(http.text, { columns: true }) as object[]).length).toBe(2);
  for (const wrong of ['status=x', 'code=x', 'code=1,,2'])
    expect((await rig.ask('GET', `/api/v1/runs/${runId}/export?${wrong}`)).status).toBe(400);
  expect(await run(['export', runId, '--status', 'x'], { env: rig.env })).toMatchObject({ code: 2 });
});

test('the firings of a campaign stand side by side, and their sum is that of the campaign', async () => {
  const name = 'Weekly reminders';
  await rig.siaran.addCampaign({
    ...{ name, templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 1 1 *', timeZone: 'Asia/Jakarta' },
    audience: `sql:SELECT '62812' || n AS phone_number FROM generate_series(20000000, 20000009) n`,
  });
  const ids: string[] = [];
  for (const age of [30, 2]) {
    const { runId: id } = await rig.siaran.fireCampaign(name);
    await finished(rig.siaran, id);
    await beganHoursAgo(rig, id, age);
    await eventually(
      () => rig.query("SELECT 1 FROM firings WHERE run_id = $1 AND status = 'prepared'", [id]),
      (rows) => rows.length === 1,
    );
    ids.push(id);
  }
  const audience = Array.from({ length: 10 }, (_, at) => `62812${20_000_000 + at}`);
  await tell(rig, ...told('c', audience), item('c.old', 'read', ago(29), audience[0]));
  const [first, second] = ids;
  const results = await rig.siaran.campaignResults(name);
  const old = {
    ...counts,
    sent: 1,
    delivered: 1,
    read: 1,
    failed: 0,
    failedAfterDelivered: 0,
    unanswered: 9,
    inferred: 1,
  };
  expect(results).toEqual({
    ...{ name, handedOver: 20, sent: 6, delivered: 5, read: 2, failed: 3, failedAfterDelivered: 1, unanswered: 11 },
    ...{ inferred: 9, reasons, hours: expect.any(Array) },
    firings: [
      { at: expect.any(String), runId: second, ...counts },
      { at: expect.any(String), runId: first, ...old },
    ],
  });
  // All was told just now; some of it as if an hour ago.
  expect(results.hours.at(-1)).toEqual({ hour: expect.any(String), sent: 6, delivered: 5, read: 2, failed: 3 });
  await rig.query("UPDATE run_results SET hour = hour - interval '1 hour' WHERE run_id = $1", [first]);
  const [early, late] = (await rig.siaran.campaignResults(name)).hours.slice(-2);
  expect([early, late]).toMatchObject([
    { sent: 1, failed: 0 },
    { sent: 6, failed: 3 },
  ]);
  expect((await get(`/campaigns/${encodeURIComponent(name)}`)).text).toContain('How they came in, hour by hour');
  await rig.query("UPDATE run_results SET hour = hour + interval '1 hour' WHERE run_id = $1", [first]);
  expect(await json(['results', '--campaign', name], { env: rig.env })).toEqual(JSON.parse(JSON.stringify(results)));
  expect((await run(['results', '--campaign', name], { env: rig.env })).stdout).toMatch(
    new RegExp(`${second} +10  5 \\(50\\.0 %\\).*\n.*${first} +10  1 \\(10\\.0 %\\)`),
  );
  const { firings: _, name: __, hours: ___, ...sum } = results;
  expect(await json(['campaign', 'show', name], { env: rig.env })).toMatchObject({ name, messages: sum });
  expect((await run(['campaign', 'show', name], { env: rig.env })).stdout).toMatch(/Messages\n +handed over +20\n/);
  const path = `/campaigns/${encodeURIComponent(name)}`;
  expect((await rig.ask('GET', `/api/v1${path}/results`)).body).toEqual(JSON.parse(JSON.stringify(results)));
  expect((await get(path)).text).toMatch(
    /Firings side by side[\s\S]*<b>20<\/b> handed over|<b>20<\/b> handed over[\s\S]*Firings side by side/,
  );
});
