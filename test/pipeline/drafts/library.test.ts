import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { appendUpload, beginUpload } from '../../../src/pipeline/drafts/upload.js';
import { finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { spreadsheet } from './drafts.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_ACTOR: 'nightly' } });
});
afterAll(() => rig.close());

const request = {
  name: 'January reminder',
  template: { template: 'reminder:id' },
  mapping: { phone_number: 'Nomor HP', body_variable1: 'Nama', body_variable2: 'Tagihan', customer_name: null },
};

test('a program makes a draft of a stream, looks at its plan, and confirms it: each person gets one message', async () => {
  const { siaran } = rig;
  const text = spreadsheet(1_200, [`${phoneNumber(3)};Twice;Rp 1`, 'nonsense;Nobody;Rp 1']);
  const draft = await siaran.makeDraft({ ...request, fileName: 'customers.csv' }, Readable.from([text]));
  expect(draft).toMatchObject({
    ...{ name: 'January reminder', createdBy: 'nightly', state: 'open' },
    source: { kind: 'file', fileName: 'customers.csv', isComplete: true, bytes: Buffer.byteLength(text) },
    check: { people: 1_200, duplicates: 1 },
  });
  expect(await siaran.draft(draft.id)).toEqual(draft);
  expect((await siaran.drafts()).map(({ id }) => id)).toEqual([draft.id]);
  const plan = await siaran.planDraft(draft.id);
  expect(plan).toMatchObject({ people: 1_200, batches: 2, faults: [] });
  await expect(siaran.confirmDraft(draft)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(siaran.confirmDraft({ ...draft, version: 1 }, plan)).rejects.toMatchObject({
    code: 'CHANGED_MEANWHILE',
  });

  await siaran.work();
  const { runId } = await siaran.confirmDraft(draft, plan);
  expect(await siaran.confirmDraft(draft, plan)).toEqual({ runId });
  expect(await finished(siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 1_200 } });
  expect([...rig.sandbox.accepted.deliveries().values()].every((times) => times === 1)).toBe(true);
  const done = [];
  for await (const { action, actor } of siaran.audit({})) if (action.startsWith('draft')) done.push({ action, actor });
  expect(done.map(({ action }) => action).reverse()).toEqual([
    ...['draft create', 'draft upload', 'draft confirm', 'draft confirm', 'draft confirm', 'draft confirm'],
  ]);
  expect(new Set(done.map(({ actor }) => actor))).toEqual(new Set(['nightly']));
});

test('without a template it is left for a person to go on with, and can be thrown away', async () => {
  const draft = await rig.siaran.makeDraft({ name: 'Half' }, streamOf('phone_number\n628', '1234567890\n'));
  expect(draft).toMatchObject({ template: null, check: null, source: { columns: ['phone_number'] } });
  expect(await rig.siaran.planDraft(draft.id)).toMatchObject({ faults: [expect.any(String)] });
  await rig.siaran.discardDraft(draft.id);
  await expect(rig.siaran.draft(draft.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test.each<[string, object, AsyncIterable<string>, object]>([
  ['a name that is none', { name: '' }, streamOf('phone_number\n'), { code: 'USAGE' }],
  [
    'a template that is unknown',
    { template: { template: 'nobody:id' } },
    streamOf('phone_number\n'),
    { code: 'USAGE' },
  ],
  ['a list without a head', {}, streamOf(''), { code: 'USAGE' }],
  ['a stream that breaks', {}, breaking(), { message: 'the export broke', code: 'ECONNRESET' }],
])('%s leaves no draft', async (_name, changes, list, error) => {
  const before = (await rig.siaran.drafts()).length;
  await expect(rig.siaran.makeDraft({ ...request, ...changes }, list)).rejects.toMatchObject(error);
  expect(await rig.siaran.drafts()).toHaveLength(before);
});

test('what somebody else has put in meanwhile is not thrown away when the program comes to an end with it', async () => {
  const theirs = Buffer.from('Nomor HP;Nama;Tagihan\n6281234567890;Ani;Rp 1\n');
  async function* list(): AsyncGenerator<string> {
    yield 'Nomor HP;Nama;Tagihan\n';
    const seen = await rig.siaran.drafts().then(([latest]) => rig.siaran.draft(latest?.id ?? ''));
    const begun = await beginUpload(rig.ctx, seen, { fileName: 'theirs.csv', bytes: theirs.length });
    const uploadId = begun.source?.kind === 'file' ? begun.source.uploadId : '';
    await appendUpload(rig.ctx, seen.id, { uploadId, offset: 0 }, Readable.from([theirs]));
  }
  const error = await rig.siaran.makeDraft({ ...request, name: 'Shared' }, list()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'CHANGED_MEANWHILE' });
  const left = (await rig.siaran.drafts()).filter(({ name }) => name === 'Shared');
  expect(left).toMatchObject([{ source: { fileName: 'theirs.csv', isComplete: true } }]);
});

async function* streamOf(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function* breaking(): AsyncGenerator<string> {
  yield 'Nomor HP;Nama;Tagihan\n';
  throw Object.assign(new Error('the export broke'), { code: 'ECONNRESET' });
}
