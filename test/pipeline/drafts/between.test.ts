import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeDraft } from '../../../src/pipeline/drafts/change-draft.js';
import { confirmDraft } from '../../../src/pipeline/drafts/confirm-draft.js';
import { appendUpload, beginUpload } from '../../../src/pipeline/drafts/upload.js';
import { createDraft, findDraft } from '../../../src/pipeline/drafts/view-draft.js';
import { raw } from '../../../src/store/postgres/sql.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';
import { checked, spreadsheet, streamOf, uploadIdOf } from './drafts.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

/** Does something to a draft that waits for its row, and has the row changed before it gets it. @returns what came of it, or its error */
async function whileItWaits<T>(id: string, work: () => Promise<T>, change: string): Promise<T | { code: string }> {
  let done: Promise<T | { code: string }> | undefined;
  await rig.ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM drafts WHERE id = ${id}::uuid FOR UPDATE`;
    done = work().catch((error: { code: string }) => error);
    await eventually(
      () => rig.query(waiting),
      (rows) => rows.length === 1,
    );
    await tx.$executeRaw(raw(`UPDATE drafts SET ${change} WHERE id = '${id}'`));
  });
  if (!done) throw new Error('nothing was begun');
  return done;
}

/** That somebody else confirms it meanwhile, as a run. */
async function confirmedAs(name: string): Promise<{ change: string; runId: string }> {
  const run = await rig.siaran.startRun({ name, templateDetailId: 172, columns: ['phone_number'] });
  return { runId: run.id, change: `state = 'preparing', run_id = '${run.id}', confirmed_at = now()` };
}

const changed = { code: 'CHANGED_MEANWHILE' };

test('a draft that is changed between the look of a confirmation and its run becomes none', async () => {
  const { id, ...draft } = await checked(rig, spreadsheet(3));
  const seen = { id, version: draft.version };
  const change = 'version = version + 1';
  expect(await whileItWaits(id, () => confirmDraft(rig.ctx, seen, 3, 'ada'), change)).toMatchObject(changed);
  expect(await findDraft(rig.ctx, id)).toMatchObject({ state: 'open', runId: null });
  expect(await rig.prisma.run.count({ where: { key: `draft:${id}` } })).toBe(0);
});

test('a confirmation that another one came before gives the run of that, if it was confirmed as it was seen', async () => {
  const { id, version } = await checked(rig, spreadsheet(3));
  const { runId, change } = await confirmedAs('As seen');
  expect(await whileItWaits(id, () => confirmDraft(rig.ctx, { id, version }, 3, 'ada'), change)).toEqual({ runId });
});

test('a confirmation does not give the run of a draft that was changed before it was confirmed', async () => {
  const { id, version } = await checked(rig, spreadsheet(3));
  const { change } = await confirmedAs('Another version');
  const later = `version = version + 1, ${change}`;
  const late = whileItWaits(id, () => confirmDraft(rig.ctx, { id, version }, 3, 'ada'), later);
  expect(await late).toMatchObject(changed);
});

test('a draft that is confirmed between the look of a change and the change stays as it was confirmed', async () => {
  const { id, version, mapping } = await checked(rig, spreadsheet(3));
  const { runId, change } = await confirmedAs('Confirmed first');
  const swapped = { mapping: { body_variable1: 'Tagihan', body_variable2: 'Nama' } };
  expect(await whileItWaits(id, () => changeDraft(rig.ctx, { id, version }, swapped), change)).toMatchObject(changed);
  expect(await findDraft(rig.ctx, id)).toMatchObject({ state: 'preparing', runId, mapping });
});

test('an upload that begins as a draft is confirmed takes nothing of its list away', async () => {
  const { id, version } = await checked(rig, spreadsheet(3));
  const { change } = await confirmedAs('Confirmed while it begins');
  const begin = () => beginUpload(rig.ctx, { id, version }, { fileName: 'other.csv', bytes: null });
  expect(await whileItWaits(id, begin, change)).toMatchObject(changed);
  expect(await findDraft(rig.ctx, id)).toMatchObject({ source: { fileName: 'customers.csv', isComplete: true } });
  expect(await rig.prisma.draftPart.count({ where: { draftId: id } })).toBe(1);
});

test('a part that comes while another one is kept goes nowhere but where the file ends', async () => {
  const draft = await createDraft(rig.ctx, { name: 'December' }, 'ada');
  const begun = await beginUpload(rig.ctx, draft, { fileName: 'customers.csv', bytes: null });
  const place = { uploadId: uploadIdOf(begun), offset: 0 };
  const late = whileItWaits(
    draft.id,
    () => appendUpload(rig.ctx, draft.id, place, streamOf('Nomor HP;')),
    'received_bytes = 5',
  );
  expect(await late).toMatchObject({ ...changed, current: { source: { receivedBytes: 5 } } });
  expect(await rig.prisma.draftPart.count({ where: { draftId: draft.id } })).toBe(0);
});
