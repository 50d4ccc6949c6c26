import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeDraft } from '../../../src/pipeline/drafts/change-draft.js';
import { appendUpload, beginUpload } from '../../../src/pipeline/drafts/upload.js';
import { createDraft, findDraft } from '../../../src/pipeline/drafts/view-draft.js';
import { findPart } from '../../../src/store/drafts/draft-files.js';
import { type Rig, startRig } from '../../support/rig.js';
import { spreadsheet, streamOf, uploadIdOf } from './drafts.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function begun(bytes: number | null, fileName = 'customers.csv') {
  const draft = await createDraft(rig.ctx, { name: 'December' }, 'ada');
  const { id, version, ...rest } = await beginUpload(rig.ctx, draft, { fileName, bytes });
  return { id, version, uploadId: uploadIdOf({ id, version, ...rest }) };
}

async function* breakingOff(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
  throw new Error('the connection broke');
}

/** The file as it is kept. */
async function kept(uploadId: string): Promise<string> {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const part = await findPart(rig.ctx.db, uploadId, at);
    if (!part) return Buffer.concat(parts).toString();
    parts.push(part);
    at += part.length;
  }
}

test('the rest of another file is refused, whose beginning is not what is here; that of the same one goes on', async () => {
  const text = spreadsheet(2_000);
  const { id, uploadId } = await begun(Buffer.byteLength(text));
  const at = 20_000;
  const broken = appendUpload(rig.ctx, id, { uploadId, offset: 0 }, breakingOff(text.slice(0, at)));
  await expect(broken).rejects.toThrow('the connection broke');
  const rest = (before: string) =>
    appendUpload(rig.ctx, id, { uploadId, offset: at, before: Buffer.from(before) }, streamOf(text.slice(at)));
  await expect(rest(`${text.slice(at - 300, at - 1)}?`)).rejects.toThrow(
    'This is not the file of which a part is here',
  );
  await expect(rest('x')).rejects.toThrow('begin the upload anew');
  expect((await findDraft(rig.ctx, id)).source).toMatchObject({ receivedBytes: at, isComplete: false });
  expect((await rest(text.slice(at - 300, at))).source).toMatchObject({ isComplete: true });
  expect(await kept(uploadId)).toBe(text);
});

test('an upload that breaks off goes on where it broke, and its file is the same byte by byte', async () => {
  const text = spreadsheet(50_000);
  const { id, uploadId } = await begun(Buffer.byteLength(text));
  const broken = appendUpload(rig.ctx, id, { uploadId, offset: 0 }, breakingOff(text.slice(0, 1_500_000)));
  await expect(broken).rejects.toThrow('the connection broke');
  expect((await findDraft(rig.ctx, id)).source).toMatchObject({ receivedBytes: 1_500_000, isComplete: false });
  for (const offset of [0, 1_499_999, 1_500_001]) {
    const wrong = appendUpload(rig.ctx, id, { uploadId, offset }, streamOf(text.slice(offset)));
    await expect(wrong).rejects.toMatchObject({
      ...{ code: 'CHANGED_MEANWHILE', current: { source: { receivedBytes: 1_500_000 } } },
    });
  }
  const rest = text.slice(1_500_000);
  const whole = await appendUpload(
    rig.ctx,
    id,
    { uploadId, offset: 1_500_000 },
    streamOf(rest.slice(0, 10), rest.slice(10)),
  );
  expect(whole.source).toMatchObject({ isComplete: true, columns: ['Nomor HP', 'Nama', 'Tagihan'] });
  expect(await kept(uploadId)).toBe(text);
});

test('of two that append at the same place one does, and the other is told where the file ends', async () => {
  const text = spreadsheet(10);
  const { id, uploadId } = await begun(Buffer.byteLength(text));
  const both = await Promise.allSettled(
    [1, 2].map(() => appendUpload(rig.ctx, id, { uploadId, offset: 0 }, streamOf(text))),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'CHANGED_MEANWHILE', current: { source: { receivedBytes: Buffer.byteLength(text) } } },
  });
  expect(await kept(uploadId)).toBe(text);
});

test('another file takes the place of the first one, whose parts come too late and are gone', async () => {
  const { id, version, uploadId } = await begun(null);
  await appendUpload(rig.ctx, id, { uploadId, offset: 0 }, streamOf('phone'));
  const second = await beginUpload(rig.ctx, { id, version }, { fileName: 'second.csv.gz', bytes: null });
  const late = appendUpload(rig.ctx, id, { uploadId, offset: 0 }, streamOf('phone'));
  await expect(late).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect(await kept(uploadId)).toBe('');
  async function* packed() {
    yield gzipSync(spreadsheet(5));
  }
  const place = { uploadId: uploadIdOf(second), offset: 0, isLast: true };
  expect((await appendUpload(rig.ctx, id, place, packed())).source).toMatchObject({
    ...{ fileName: 'second.csv.gz', isComplete: true, columns: ['Nomor HP', 'Nama', 'Tagihan'] },
  });
});

test('a change of the name while a file comes keeps nothing of it away', async () => {
  const text = spreadsheet(10);
  const { id, version, uploadId } = await begun(Buffer.byteLength(text));
  await appendUpload(rig.ctx, id, { uploadId, offset: 0 }, streamOf(text.slice(0, 100)));
  const renamed = await changeDraft(rig.ctx, { id, version }, { name: 'January' });
  const whole = await appendUpload(rig.ctx, id, { uploadId, offset: 100 }, streamOf(text.slice(100)));
  expect(whole).toMatchObject({ name: 'January', version: renamed.version + 1, source: { isComplete: true } });
});

test.each([
  ['a workbook', Buffer.from('504b030414000600', 'hex'), /customers.csv is an Excel workbook/],
  ['a list without a header line', Buffer.from('6281234567890,Ada\n'), /no header line/],
  ['nothing but blanks', Buffer.from('\n\n'), /is empty/],
])('%s is no list: it is told why, and thrown away', async (_, content, words) => {
  const { id, uploadId } = await begun(content.length);
  async function* stream() {
    yield content;
  }
  await expect(appendUpload(rig.ctx, id, { uploadId, offset: 0 }, stream())).rejects.toThrow(words);
  expect((await findDraft(rig.ctx, id)).source).toBeNull();
  expect(await kept(uploadId)).toBe('');
});

test('more than 200 MB, or than was told, is refused, and less is not taken for the whole', async () => {
  await expect(begun(200_000_001)).rejects.toThrow('is longer than 200 MB');
  await expect(begun(0)).rejects.toThrow('bytes is 0');
  await expect(begun(5, '')).rejects.toThrow('fileName must be');
  const { id, uploadId } = await begun(10);
  const place = { uploadId, offset: 0 };
  await expect(appendUpload(rig.ctx, id, place, streamOf('phone_number\n'))).rejects.toThrow('More than the 10 bytes');
  await expect(appendUpload(rig.ctx, id, { ...place, isLast: true }, streamOf('phone'))).rejects.toThrow(
    'only 5 of them',
  );
});
