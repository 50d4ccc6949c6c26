import { changeDraft } from '../../../src/pipeline/drafts/change-draft.js';
import { startCheck } from '../../../src/pipeline/drafts/check-draft.js';
import type { Draft } from '../../../src/pipeline/drafts/draft.js';
import { type OddRows, oddRowsCsv } from '../../../src/pipeline/drafts/odd-rows.js';
import { appendUpload, beginUpload } from '../../../src/pipeline/drafts/upload.js';
import { createDraft } from '../../../src/pipeline/drafts/view-draft.js';
import { phoneNumber, type Rig } from '../../support/rig.js';

/** A stream of these texts. */
export async function* streamOf(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

/** A list as people have them: heads of their own, and as many customers. */
export function spreadsheet(people: number, more: readonly string[] = []): string {
  const rows = Array.from({ length: people }, (_, at) => `${phoneNumber(at)};Customer ${at};Rp ${at + 1}.000`);
  return `${['Nomor HP;Nama;Tagihan', ...rows, ...more].join('\n')}\n`;
}

/** A draft whose list is this text. */
export async function uploaded({ ctx }: Pick<Rig, 'ctx'>, text: string, name = 'December reminder'): Promise<Draft> {
  const draft = await createDraft(ctx, { name }, 'ada');
  const begun = await beginUpload(ctx, draft, { fileName: 'customers.csv', bytes: Buffer.byteLength(text) });
  return appendUpload(ctx, draft.id, { uploadId: uploadIdOf(begun), offset: 0 }, streamOf(text));
}

export function uploadIdOf({ source }: Draft): string {
  if (source?.kind !== 'file') throw new Error('it has no file');
  return source.uploadId;
}

/** The same, with the template of reminders, and mapped by hand where names don't tell. */
export async function mapped(rig: Pick<Rig, 'ctx'>, text: string): Promise<Draft> {
  const draft = await changeDraft(rig.ctx, await uploaded(rig, text), { template: { template: 'reminder:id' } });
  const byHand = { body_variable1: 'Nama', body_variable2: 'Tagihan', customer_name: null };
  return changeDraft(rig.ctx, draft, { mapping: byHand });
}

/** The same, and checked: nothing but a confirmation is missing. */
export async function checked(rig: Pick<Rig, 'ctx'>, text: string): Promise<Draft> {
  return startCheck(rig.ctx, await mapped(rig, text), { waitMs: 20_000 });
}

/** The file of rejected or doubtful rows. */
export async function csvOf({ ctx }: Pick<Rig, 'ctx'>, id: string, which: OddRows): Promise<string> {
  let text = '';
  for await (const part of await oddRowsCsv(ctx, id, which)) text += part;
  return text;
}
