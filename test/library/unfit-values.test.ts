import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDraft } from '../../src/pipeline/drafts/view-draft.js';
import { rejectionsPage } from '../../src/pipeline/views/list-rejections.js';
import { invoiceColumns, type Rig, startRig } from '../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const run = { name: 'Invoices', templateDetailId: 172, columns: invoiceColumns };
const declared = { notSent: true, force: true } as const;

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['a wait of a month', () => rig.siaran.startRun({ ...run, flushAfter: '30d' }), /flushAfter .*24d at most/],
  [
    'more messages than Postgres can count',
    () => resolve({ despiteEvidence: 3_000_000_000 }),
    /despiteEvidence is 3000/,
  ],
  ['half of a message', () => resolve({ despiteEvidence: 2, seen: 1.5 }), /seen is 1\.5/],
  ['an id with a NUL character', () => rig.siaran.run('r\0'), /NUL character/],
  ['a name with a NUL character', () => rig.siaran.runs(20, { name: 'Inv\0' }), /NUL character/],
])('%s is refused with words that say what is wrong', async (_what, call, words) => {
  const error = await call().catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({ code: 'USAGE', message: expect.stringMatching(words) });
});

test('a wait as long as the ledger can keep is taken', async () => {
  await expect(rig.siaran.startRun({ ...run, flushAfter: '24d' })).resolves.toMatchObject({ existed: false });
});

test('a version that no draft can have is another one than it has', async () => {
  const { id } = await createDraft(rig.ctx, { name: 'December' }, 'ada');
  const discarding = rig.siaran.discardDraft(id, { version: 3_000_000_000 });
  await expect(discarding).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
});

test('a place in rejected rows that no page has given is refused', async () => {
  const { id } = await rig.siaran.startRun(run);
  const cursor = Buffer.from(JSON.stringify({ source: 'x', position: 3_000_000_000, digest: 'x' })).toString(
    'base64url',
  );
  await expect(rejectionsPage(rig.ctx, id, 1, cursor)).rejects.toMatchObject({ code: 'USAGE' });
});

function resolve(found: { despiteEvidence: number; seen?: number }): Promise<unknown> {
  return rig.siaran.resolve('r22222222-0001', { ...declared, ...found }, { by: 'ada' });
}
