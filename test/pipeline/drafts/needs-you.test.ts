import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeDraft } from '../../../src/pipeline/drafts/change-draft.js';
import { startCheck } from '../../../src/pipeline/drafts/check-draft.js';
import { confirmDraft } from '../../../src/pipeline/drafts/confirm-draft.js';
import { discardDraft } from '../../../src/pipeline/drafts/discard-draft.js';
import { prepareNextDraft } from '../../../src/pipeline/drafts/prepare-draft.js';
import { createDraft, findDraft } from '../../../src/pipeline/drafts/view-draft.js';
import { openVisitors } from '../../admin/visitors.js';
import { run } from '../../cli/siaran.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { checked, spreadsheet } from './drafts.js';

let rig: AdminRig;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-drafts-'));
  const names = join(folder, 'audiences.yaml');
  await writeFile(names, 'members: "file:members.csv"\n');
  await writeFile(join(folder, 'members.csv'), 'phone_number,body_variable1,body_variable2\n6281211112222,Ada,5\n');
  rig = await startAdminRig({ env: { SIARAN_AUDIENCES_FILE: names, SIARAN_AUDIENCE_DIR: folder } });
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const never = new AbortController().signal;
const attention = async (runId: string) => (await rig.siaran.status()).attention.filter((each) => each.runId === runId);

test('a confirmed draft that no worker reads is told after five minutes, with what to do', async () => {
  let draft = await createDraft(rig.ctx, { name: 'Members' }, 'ada');
  draft = await changeDraft(rig.ctx, draft, { audience: 'members', template: { template: 'reminder:id' } });
  draft = await startCheck(rig.ctx, draft, { waitMs: 20_000 });
  const { runId } = await confirmDraft(rig.ctx, draft, 1, 'ada');
  // Workers without the file of audiences leave it to others.
  const elsewhere = { ...rig.ctx, config: { ...rig.ctx.config, namedAudiences: new Map() } };
  expect(await prepareNextDraft(elsewhere, never)).toBe(false);
  expect(await attention(runId)).toEqual([]);
  await rig.query("UPDATE drafts SET confirmed_at = now() - interval '6 minutes'");
  expect(await attention(runId)).toMatchObject([
    {
      ...{ kind: 'stalled', name: 'Members', recipients: 1, action: `siaran draft ${draft.id}` },
      reason: expect.stringMatching(/no worker has read its audience "members"; name it in SIARAN_AUDIENCES_FILE/),
    },
  ]);
  const { stdout, code } = await run(['status'], { env: rig.env });
  expect([code, stdout]).toEqual([1, expect.stringContaining(`siaran draft ${draft.id}`)]);
  const page = await (await openVisitors(rig)).get('/status');
  expect(page.text).toContain(`href="/runs/${runId}"`);
  expect(page.text).toContain('or cancel the run');
  await rig.siaran.cancel(runId);
  await prepareNextDraft(rig.ctx, never);
  expect(await attention(runId)).toEqual([]);
});

test('a run that was given up as its list could not be read is told until its draft is thrown away', async () => {
  const draft = await checked(rig, spreadsheet(3));
  const { runId } = await confirmDraft(rig.ctx, draft, 3, 'ada');
  await rig.query('DELETE FROM draft_parts');
  await prepareNextDraft(rig.ctx, never);
  expect((await findDraft(rig.ctx, draft.id)).state).toBe('failed');
  expect(await attention(runId)).toMatchObject([
    {
      ...{ kind: 'failing', campaign: null, name: 'December reminder', recipients: 3 },
      reason: expect.stringContaining('was taken away'),
      ...{ action: `siaran draft ${draft.id} --discard`, draftId: draft.id },
    },
  ]);
  const visitors = await openVisitors(rig);
  const page = await visitors.get('/status');
  expect(page.text).toContain('was given up; 3 recipients get nothing');
  expect(page.text).toContain(`href="/drafts/${draft.id}/discard"`);
  const seen = await visitors.get('/status', visitors.viewer);
  expect([seen.text.includes(`href="/runs/${runId}"`), seen.text.includes('/drafts/')]).toEqual([true, false]);
  expect((await visitors.get(`/runs/${runId}`)).text).toContain(`href="/drafts/${draft.id}"`);
  expect((await visitors.get(`/runs/${runId}`, visitors.viewer)).text).not.toContain(`href="/drafts/${draft.id}"`);
  await discardDraft(rig.ctx, draft.id);
  expect(await attention(runId)).toEqual([]);
});
