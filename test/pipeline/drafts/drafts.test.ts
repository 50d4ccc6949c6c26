import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { changeDraft } from '../../../src/pipeline/drafts/change-draft.js';
import { startCheck } from '../../../src/pipeline/drafts/check-draft.js';
import { confirmDraft } from '../../../src/pipeline/drafts/confirm-draft.js';
import { discardDraft } from '../../../src/pipeline/drafts/discard-draft.js';
import { planDraft } from '../../../src/pipeline/drafts/plan-draft.js';
import { previewDraft } from '../../../src/pipeline/drafts/preview-draft.js';
import { createDraft, findDraft, listDrafts } from '../../../src/pipeline/drafts/view-draft.js';
import { lookForForgotten } from '../../../src/pipeline/reconcile/reconcile.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { mostPerNumber } from '../../support/runs.js';
import { checked, csvOf, mapped, spreadsheet, uploaded } from './drafts.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

describe('a broadcast from a spreadsheet with heads of its own', () => {
  test('goes out once it is confirmed, and not before, to each person once', async () => {
    const worked = await rig.work();
    const text = spreadsheet(1_200, [`${phoneNumber(3)};Twice;Rp 1`, 'nonsense;Nobody;Rp 1']);
    const draft = await checked(rig, text);
    expect(draft).toMatchObject({
      state: 'open',
      source: { kind: 'file', isComplete: true, columns: ['Nomor HP', 'Nama', 'Tagihan'] },
      template: { name: 'reminder', columns: ['phone_number', 'body_variable1', 'body_variable2'] },
      mapping: { phone_number: 'Nomor HP', body_variable1: 'Nama', body_variable2: 'Tagihan', customer_name: null },
      check: { rows: 1_202, people: 1_200, duplicates: 1, suppressed: 0, rejected: [{ count: 1, rows: [1_202] }] },
      ...{ checking: null, checkFault: null, runId: null },
    });
    expect(await planDraft(rig.ctx, draft.id)).toMatchObject({
      ...{ people: 1_200, batches: 2, firstStartAt: null, leftOut: 2, approval: false, faults: [], cost: null },
      costText: 'not known: there is no price list',
      sentence: '1,200 people get *reminder:id* at once, 2 batches; 2 rows are left out',
    });
    expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
    const { runId } = await confirmDraft(rig.ctx, draft, 1_200, 'ada');
    expect(await finished(rig.siaran, runId)).toMatchObject({
      ...{ name: 'December reminder', outcome: 'handed_over' },
      recipients: { enqueued: 1_201, scheduled: 1_200, duplicates: 1, rejected: 1 },
    });
    expect(mostPerNumber(rig)).toBe(1);
    expect(await rig.prisma.run.findUnique({ where: { id: runId } })).toMatchObject({
      startedBy: 'ada',
      sealedAt: expect.any(Date),
    });
    const done = await eventually(
      () => findDraft(rig.ctx, draft.id),
      ({ state }) => state === 'started',
    );
    expect(done).toMatchObject({ runId, confirmedBy: 'ada', failure: null });
    expect(await parts(draft.id)).toBe(0);
    await worked.close();
  });

  test('begins with the mapping that was confirmed last for its template', async () => {
    const draft = await uploaded(rig, spreadsheet(2));
    expect(draft.mapping).toEqual({});
    expect(await changeDraft(rig.ctx, draft, { template: { template: 'reminder:id' } })).toMatchObject({
      mapping: { phone_number: 'Nomor HP', body_variable1: 'Nama', body_variable2: 'Tagihan' },
    });
  });
});

describe('a change', () => {
  test('is made on the version that was seen, and takes back what was found out before', async () => {
    const draft = await checked(rig, spreadsheet(3));
    const next = await changeDraft(rig.ctx, draft, { name: 'January' });
    expect(next).toMatchObject({ name: 'January', version: draft.version + 1, check: null });
    await expect(changeDraft(rig.ctx, draft, { name: 'February' })).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
      current: { name: 'January' },
    });
    await expect(confirmDraft(rig.ctx, draft, 3, 'ada')).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
    await expect(confirmDraft(rig.ctx, next, 3, 'ada')).rejects.toThrow('The list is not checked as it is now.');
  });

  test.each([
    [{ name: '' }, /name must be a text/],
    [{ mapping: { body_variable9: 'Nama' } }, /The template has no column "body_variable9"/],
    [{ mapping: { body_variable1: 'Kota' } }, /body_variable1: the list has no column "Kota"/],
    [{ mapping: { body_variable1: 'Tagihan' } }, /both mapped to "Tagihan"/],
    [{ settings: { pace: 'fast' } }, /pace is "fast"; write/],
    [{ settings: { window: '08:00-20:00' } }, /without timeZone/],
    [{ template: { template: 'nothing' } }, /There is no template "nothing"/],
    [{ audience: 'members' }, /names no such audience here/],
  ])('that is wrong is refused with what would be right: %j', async (changes, words) => {
    const draft = await mapped(rig, spreadsheet(3));
    await expect(changeDraft(rig.ctx, draft, changes)).rejects.toThrow(words);
    expect(await findDraft(rig.ctx, draft.id)).toEqual(draft);
  });
});

test('a check says what is rejected, doubtful, double or suppressed, by reason and with rows', async () => {
  await rig.siaran.suppress([phoneNumber(600)]);
  const odd = [
    `${phoneNumber(600)};Left alone;Rp 1`,
    `${phoneNumber(70)};#N/A;Rp 1`,
    `${phoneNumber(71)};${'long '.repeat(300)};Rp 1`,
    `${phoneNumber(72)};;Rp 1`,
    'abc;Nobody;Rp 1',
    'def;Nobody;Rp 1',
  ];
  const draft = await checked(rig, spreadsheet(3, odd));
  expect(draft.check).toMatchObject({
    ...{ rows: 9, people: 4, duplicates: 0, suppressed: 1, longestRow: 1 },
    rejected: [
      { reason: expect.stringContaining('phone'), count: 2, rows: [8, 9] },
      { count: 1, rows: [6] },
      { reason: expect.stringContaining('body_variable1 is empty'), count: 1, rows: [7] },
    ],
    doubtful: [{ reason: 'body_variable1: an error of a spreadsheet', count: 1, rows: [5] }],
  });
  const text = await csvOf(rig, draft.id, 'rejected');
  expect(text.split('\r\n').filter((line) => line !== '')).toHaveLength(5);
  expect(text).toMatch(/7,.*body_variable1 is empty.*,Rp 1/);
  expect(await previewDraft(rig.ctx, draft.id, 1)).toMatchObject({
    ...{ row: 1, leftOut: null, doubts: [] },
    message: { phoneNumber: phoneNumber(0), body: 'Halo Customer 0, tagihan *Rp 1.000* jatuh tempo besok.' },
  });
  expect(await previewDraft(rig.ctx, draft.id, 'doubtful')).toMatchObject({
    ...{ row: 5, doubts: ['body_variable1: an error of a spreadsheet'] },
  });
  expect(await previewDraft(rig.ctx, draft.id, 4)).toEqual({
    ...{ row: 4, message: null, leftOut: 'its number is suppressed', doubts: [] },
  });
  expect(await previewDraft(rig.ctx, draft.id, 'rejected')).toMatchObject({ row: 8, leftOut: /^it is rejected: / });
  await expect(previewDraft(rig.ctx, draft.id, 10)).rejects.toThrow('There is no row 10: the list has 9 rows.');
});

test('a draft without a list, a template or a mapping says what it lacks', async () => {
  const empty = await createDraft(rig.ctx, { name: 'Empty' }, 'ada');
  expect((await planDraft(rig.ctx, empty.id)).faults).toEqual([
    'There is no list of recipients yet.',
    'There is no template yet.',
  ]);
  const draft = await mapped(rig, spreadsheet(3));
  const open = await changeDraft(rig.ctx, draft, { mapping: { body_variable2: null } });
  expect((await planDraft(rig.ctx, open.id)).faults).toEqual([
    'No column of the list is mapped to body_variable2, which the template needs.',
  ]);
  await expect(startCheck(rig.ctx, open, { waitMs: 0 })).rejects.toThrow('is mapped to body_variable2');
});

test('above a number of people the number is said, and has to be the right one', async () => {
  const draft = await checked(rig, spreadsheet(101));
  await expect(confirmDraft(rig.ctx, draft, undefined, 'ada')).rejects.toThrow('say how many people');
  await expect(confirmDraft(rig.ctx, draft, 100, 'ada')).rejects.toThrow('people is 100, and 101 people');
  expect(await findDraft(rig.ctx, draft.id)).toEqual(draft);
});

test('a template that was changed since the list was checked is not sent before it is checked again', async () => {
  const halo = { templateDetailId: 901, name: 'halo', language: 'id' };
  await rig.siaran.addTemplate({ ...halo, body: 'Halo {{1}}' });
  const list = await uploaded(rig, spreadsheet(3));
  const chosen = await changeDraft(rig.ctx, list, { template: { templateDetailId: 901 } });
  const draft = await startCheck(
    rig.ctx,
    await changeDraft(rig.ctx, chosen, { mapping: { body_variable1: 'Nama', customer_name: null } }),
    { waitMs: 20_000 },
  );
  expect(await planDraft(rig.ctx, draft.id)).toMatchObject({ people: 3, faults: [] });
  await rig.siaran.addTemplate({ ...halo, body: 'Bayar {{1}}' });
  expect((await findDraft(rig.ctx, draft.id)).check).toBeNull();
  expect((await planDraft(rig.ctx, draft.id)).faults).toEqual(['The list is not checked as it is now.']);
  await expect(confirmDraft(rig.ctx, draft, 3, 'ada')).rejects.toThrow('not checked as it is now');
  const again = await startCheck(rig.ctx, draft, { waitMs: 20_000 });
  expect(again.check).toMatchObject({ people: 3 });
  // Whoever has the page with the text before in front of them confirms nothing.
  await expect(confirmDraft(rig.ctx, draft, 3, 'ada')).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  const { runId } = await confirmDraft(rig.ctx, again, 3, 'ada');
  await rig.siaran.cancel(runId);
});

test('of many who confirm a draft at once all get the same run, and it is the only one', async () => {
  const draft = await checked(rig, spreadsheet(5));
  const confirmed = await Promise.all(
    ['ada', 'budi', 'citra', 'dewi'].map((by) => confirmDraft(rig.ctx, draft, 5, by)),
  );
  expect(new Set(confirmed.map(({ runId }) => runId)).size).toBe(1);
  expect(await rig.prisma.run.count({ where: { key: `draft:${draft.id}` } })).toBe(1);
  await expect(discardDraft(rig.ctx, draft.id)).rejects.toThrow('cancel that run instead');
  await expect(changeDraft(rig.ctx, draft, { name: 'Too late' })).rejects.toThrow("can't be changed any more");
  await expect(rig.siaran.startRun({ ...whatever, key: `draft:${draft.id}` })).rejects.toThrow(
    'must not begin with draft:',
  );
  await rig.siaran.cancel(confirmed[0]?.runId ?? '');
});

const whatever = { name: 'x', templateDetailId: 172, columns: ['phone_number'] } as const;

test('a draft is thrown away with its file: by somebody, or when nobody has changed it for 30 days', async () => {
  const [thrown, old, young] = [
    await uploaded(rig, spreadsheet(1)),
    await uploaded(rig, spreadsheet(1)),
    await uploaded(rig, spreadsheet(1)),
  ];
  const { version } = await changeDraft(rig.ctx, thrown, { name: 'By a colleague' });
  const stale = discardDraft(rig.ctx, thrown.id, { version: thrown.version });
  await expect(stale).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE', current: { name: 'By a colleague' } });
  await discardDraft(rig.ctx, thrown.id, { version });
  await expect(findDraft(rig.ctx, thrown.id)).rejects.toThrow('There is no draft');
  await rig.ctx.db.$executeRaw`UPDATE drafts SET updated_at = now() - interval '31 days' WHERE id = ${old.id}::uuid`;
  await lookForForgotten(rig.ctx);
  await expect(findDraft(rig.ctx, old.id)).rejects.toThrow('There is no draft');
  expect([await parts(thrown.id), await parts(old.id), await parts(young.id)]).toEqual([0, 0, 1]);
});

test('drafts are listed page by page, those that were changed last first', async () => {
  const first = await listDrafts(rig.ctx, { limit: 2 });
  const second = await listDrafts(rig.ctx, { limit: 2, cursor: first.next ?? '' });
  const all = [...first.items, ...second.items];
  expect(new Set(all.map(({ id }) => id)).size).toBe(4);
  expect(all.map(({ updatedAt }) => updatedAt.getTime())).toEqual(
    all.map(({ updatedAt }) => updatedAt.getTime()).toSorted((a, b) => b - a),
  );
  await expect(listDrafts(rig.ctx, { limit: 2, cursor: 'nonsense' })).rejects.toThrow('cursor is invalid');
});

test('a list of drafts asks for all of their templates in one statement', async () => {
  for (let at = 0; at < 3; at += 1) await mapped(rig, spreadsheet(1));
  let statements = 0;
  const db = new Proxy(rig.ctx.db, {
    get(of, name) {
      if (name === '$queryRaw') statements += 1;
      const found = Reflect.get(of, name);
      return typeof found === 'function' ? found.bind(of) : found;
    },
  });
  const ctx = { ...rig.ctx, db };
  await listDrafts(ctx, { limit: 1 });
  const ofOne = statements;
  const { items } = await listDrafts(ctx, { limit: 3 });
  expect(items.map(({ template }) => template?.name)).toEqual(['reminder', 'reminder', 'reminder']);
  expect(statements).toBe(2 * ofOne);
});

function parts(draftId: string): Promise<number> {
  return rig.prisma.draftPart.count({ where: { draftId } });
}
