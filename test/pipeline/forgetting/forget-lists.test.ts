import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planDraft } from '../../../src/pipeline/drafts/plan-draft.js';
import { appendUpload, beginUpload } from '../../../src/pipeline/drafts/upload.js';
import { createDraft, findDraft } from '../../../src/pipeline/drafts/view-draft.js';
import { appendPart } from '../../../src/store/drafts/draft-files.js';
import { raw } from '../../../src/store/postgres/sql.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { checked, spreadsheet, streamOf, uploaded, uploadIdOf } from '../drafts/drafts.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const person = phoneNumber(5_000);
const national = `0${person.slice(2, 5)}-${person.slice(5, 9)}.${person.slice(9)}`;
const parts = (draftId: string) => rig.prisma.draftPart.count({ where: { draftId } });

test('lists of drafts with the number in them are thrown away, which the operator, the log and the drafts are told', async () => {
  const [whole, other, packed] = [
    await checked(rig, spreadsheet(3, [`${national};Ada;Rp 1`])),
    await uploaded(rig, spreadsheet(3), 'Others'),
    await packedWith(spreadsheet(30_000, [`x;${person};too;many;values`])),
  ];
  const { emptiedDrafts } = await rig.siaran.forget(person, { by: 'privacy desk' });
  expect(emptiedDrafts).toEqual([
    { id: whole.id, name: 'December reminder' },
    { id: packed, name: 'Packed' },
  ]);
  const draft = await findDraft(rig.ctx, whole.id);
  expect(draft).toMatchObject({
    ...{ source: null, check: null, version: whole.version + 1, template: { name: 'reminder' } },
    checkFault: expect.stringContaining('asked to be forgotten'),
  });
  expect((await planDraft(rig.ctx, whole.id)).faults).toEqual(['There is no list of recipients yet.']);
  expect([await parts(whole.id), await parts(packed), await parts(other.id)]).toEqual([0, 0, 1]);
  const log = await rig.query('SELECT actor, action, target FROM audit_entries ORDER BY id DESC LIMIT 2');
  expect(log).toEqual(
    [packed, whole.id].map((target) => ({ actor: 'privacy desk', action: 'draft list forgotten', target })),
  );
  expect(await rig.siaran.forget(person)).toMatchObject({ emptiedDrafts: [] });
});

test('an upload that broke off is looked at as far as it came', async () => {
  const [before, after] = [await begunWith(`Nomor HP\n${person}\n62812`), await begunWith('Nomor HP\n6281211112222\n')];
  expect((await rig.siaran.forget(person)).emptiedDrafts).toMatchObject([{ id: before }]);
  expect([await parts(before), await parts(after)]).toEqual([0, 1]);
});

test('what comes of an upload while lists are looked at is looked at too', async () => {
  const id = await begunWith('Nomor HP\n6281211112222\n');
  const { uploadId, receivedBytes } = await rig.prisma.draft.findUniqueOrThrow({ where: { id } });
  const place = { draftId: id, uploadId: uploadId ?? '', startsAt: Number(receivedBytes) };
  let forgetting: ReturnType<typeof rig.siaran.forget> | undefined;
  await rig.ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw(raw('LOCK TABLE draft_parts'));
    forgetting = rig.siaran.forget(person);
    const waiting = () => rig.query("SELECT FROM pg_locks WHERE NOT granted AND relation = 'draft_parts'::regclass");
    await eventually(waiting, (rows) => rows.length > 0);
    expect(await appendPart(tx, place, Buffer.from(`${person}\n`))).toBe(true);
  });
  expect((await forgetting)?.emptiedDrafts).toMatchObject([{ id }]);
  expect(await parts(id)).toBe(0);
});

async function packedWith(text: string): Promise<string> {
  const content = gzipSync(text);
  const draft = await createDraft(rig.ctx, { name: 'Packed' }, 'ada');
  const begun = await beginUpload(rig.ctx, draft, { fileName: 'customers.csv.gz', bytes: content.length });
  const place = { uploadId: uploadIdOf(begun), offset: 0 };
  await appendUpload(
    rig.ctx,
    draft.id,
    place,
    (async function* () {
      yield content;
    })(),
  );
  return draft.id;
}

async function begunWith(text: string): Promise<string> {
  const draft = await createDraft(rig.ctx, { name: 'Begun' }, 'ada');
  const begun = await beginUpload(rig.ctx, draft, { fileName: 'customers.csv', bytes: 1_000 });
  await appendUpload(rig.ctx, draft.id, { uploadId: uploadIdOf(begun), offset: 0 }, streamOf(text));
  return draft.id;
}
