import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Draft, DraftPlan } from '../../../src/pipeline/drafts/draft.js';
import { spreadsheet } from '../../pipeline/drafts/drafts.js';
import { finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { onTerminal } from '../on-terminal.js';
import { json, run } from '../siaran.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

type Shown = Draft & { plan: DraftPlan };
const map = 'Nama=body_variable1,Tagihan=body_variable2';
const making = ['draft', 'make', '-', '--name', 'December reminder', '--template', 'reminder:id'];
const siaran = (args: string[], input = '') => run(args, { env: rig.env, input });
const make = (list: string, more: string[] = []) => json<Shown>([...making, ...more], { env: rig.env, input: list });

test('a broadcast is made, looked at and started by commands alone', async () => {
  const odd = [`${phoneNumber(3)};Twice;#REF!`, 'nonsense;Nobody;Rp 1'];
  const made = await make(spreadsheet(120, odd), ['--map', map, '--pace', '50/1h']);
  expect(made).toMatchObject({
    source: { fileName: 'standard input', isComplete: true },
    mapping: { phone_number: 'Nomor HP', body_variable1: 'Nama', body_variable2: 'Tagihan', customer_name: null },
    settings: { pace: '50/1h' },
    check: { people: 120, duplicates: 1 },
    plan: { people: 120, batches: 3, faults: [] },
  });
  const { id } = made;
  const exported = (rows: string, ...more: string[]) => siaran(['draft', 'export', id, '--rows', rows, ...more]);
  expect((await exported('rejected')).stdout).toMatch(/122,.*nonsense,Nobody,Rp 1/);
  const doubtful = JSON.parse((await exported('doubtful', '--json')).stdout) as object[];
  expect(doubtful).toMatchObject([{ row: 121, values: { body_variable1: 'Twice', body_variable2: '#REF!' } }]);
  expect((await exported('all')).code).toBe(2);

  const preview = (...more: string[]) => siaran(['draft', 'preview', id, ...more]);
  expect((await preview('--row', '2')).stdout).toMatch(/Row 2 to .*reminder:id[\s\S]*Halo Customer 1, tagihan/);
  expect(await preview('--row', 'rejected')).toMatchObject({ code: 1, stdout: expect.stringMatching(/"Nomor HP"/) });
  expect(await preview('--row', 'last')).toMatchObject({ code: 2, stderr: expect.stringMatching(/--row is "last"/) });

  const changed = await json<Shown>(
    ['draft', 'change', id, '--name', 'January reminder', '--daily-limit', '4000', '--unset', 'pace'],
    { env: rig.env },
  );
  expect(changed).toMatchObject({ name: 'January reminder', settings: { dailyLimit: 4_000 }, check: null });
  const confirm = (...more: string[]) => siaran(['draft', 'confirm', id, '--yes', ...more]);
  expect(await confirm('--people', '120')).toMatchObject({ code: 2, stderr: expect.stringMatching(/not checked/) });
  expect((await siaran(['draft', 'check', id])).stdout).toMatch(/120 people get \*reminder:id\* .*, 1 batch/);
  expect(await siaran(['draft', 'confirm', id])).toMatchObject({ code: 2, stderr: expect.stringMatching(/--yes/) });
  expect(await confirm()).toMatchObject({ code: 2, stderr: expect.stringMatching(/people are to be messaged, 120/) });
  expect((await confirm('--people', '12')).code).toBe(2);
  expect(await confirm('--people', '120', '--if-version', String(made.version))).toMatchObject({ code: 1 });
  const confirmed = await confirm('--people', '120', '--json');
  const { runId } = JSON.parse(confirmed.stdout) as { runId: string };
  expect(JSON.parse((await confirm('--people', '120', '--json')).stdout)).toEqual({ runId });
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ name: 'January reminder', outcome: 'handed_over' });
  const audit = (await siaran(['audit', '--target', id])).stdout;
  for (const words of ['uploaded a list', 'changed draft', 'exported the doubtful rows', 'with 120 people'])
    expect(audit).toContain(words);
});

test('a list with heads that nobody knows makes a draft that says what it lacks, and is mapped then', async () => {
  const list = (people: number) => spreadsheet(people).replace('Nama;Tagihan', 'Siapa;Berapa');
  const made = await make(list(3));
  expect(made).toMatchObject({ check: null, mapping: { phone_number: 'Nomor HP', body_variable1: null } });
  expect(made.plan.faults).toEqual([expect.stringMatching(/mapped to body_variable1, body_variable2/)]);
  const change = (...more: string[]) => siaran(['draft', 'change', made.id, ...more]);
  expect(await change('--map', 'Kota=body_variable1')).toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/body_variable1: the list has no column "Kota"/) },
  });
  expect(await change()).toMatchObject({ code: 2, stderr: expect.stringMatching(/Say what is to be changed/) });
  expect(await change('--unset', 'pace')).toMatchObject({ code: 2, stderr: expect.stringMatching(/names "pace"/) });
  expect(await change('--pace', 'fast')).toMatchObject({ code: 2, stderr: expect.stringMatching(/--pace is "fast"/) });
  expect((await change('--map', 'Siapa=body_variable1,Berapa=body_variable2')).code).toBe(0);
  expect((await siaran(['draft', 'check', made.id])).code).toBe(0);
  const other = await run(['draft', 'change', made.id, '--list', '-', '--json'], {
    ...{ env: rig.env, input: list(5) },
  });
  expect(JSON.parse(other.stdout)).toMatchObject({ mapping: { body_variable2: 'Berapa' }, check: null });
  expect((await siaran(['draft', 'check', made.id])).stdout).toContain('5 people');
});

test('of a list that is none, of nobody, and of flags that contradict each other no draft is left', async () => {
  const count = async () => (await json<Draft[]>(['drafts'], { env: rig.env })).length;
  const before = await count();
  expect((await siaran([...making, '--map', 'Kota=body_variable1'], spreadsheet(3))).code).toBe(2);
  expect(await siaran(making, '')).toMatchObject({ code: 2, stderr: expect.stringMatching(/is empty/) });
  expect((await siaran([...making, '--audience', 'members'], spreadsheet(3))).code).toBe(2);
  expect((await siaran([...making, '--pace', 'fast'], spreadsheet(3))).code).toBe(2);
  expect(await count()).toBe(before);
  const nobody = await siaran([...making, '--map', map, '--json'], 'Nomor HP;Nama;Tagihan\nnonsense;Nobody;Rp 1\n');
  expect(nobody).toMatchObject({ code: 1 });
  expect(JSON.parse(nobody.stdout)).toMatchObject({ check: { people: 0 } });
});

test('a row is sent to oneself, and is no part of the draft', async () => {
  const { id } = await make(spreadsheet(2), ['--map', map]);
  await rig.work();
  const sent = await siaran(['draft', 'test-send', id, '--row', '2', '--to', phoneNumber(900), '--json']);
  expect(sent.code).toBe(0);
  expect(JSON.parse(sent.stdout)).toMatchObject({
    ...{
      phoneNumbers: [phoneNumber(900)],
      outcome: 'handed_over',
      message: { body: expect.stringContaining('Customer 1') },
    },
  });
  expect((await siaran(['audit', '--action', 'test send'])).stdout).toContain('sent a row of draft');
});

test('who confirms at a terminal sees what it means, and types how many people get it', async () => {
  const { id } = await make(spreadsheet(120, ['nonsense;Nobody;Rp 1']), ['--map', map]);
  const confirm = (answer: string) =>
    onTerminal(['draft', 'confirm', id], { env: rig.env, answer, question: 'Type their number' });
  const wrong = await confirm('12\r');
  expect(wrong).toMatchObject({ code: 1, seen: expect.stringMatching(/12 is not 120/) });
  expect(wrong.seen).toContain('nothing was started');
  expect(wrong.seen).toMatch(/120 people get .* at once, 1 batch; 1 row is left out/);
  expect(await rig.siaran.draft(id)).toMatchObject({ state: 'open' });
  expect(await confirm('120\r')).toMatchObject({ code: 0, seen: expect.stringMatching(/into run/) });
  expect((await rig.siaran.draft(id)).runId).toMatch(/^r/);
});
