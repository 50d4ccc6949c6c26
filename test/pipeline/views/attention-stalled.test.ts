import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { judgeCampaigns } from '../../../src/cli/doctor/judge-campaigns.js';
import type { Attention } from '../../../src/index.js';
import { confirmDraft } from '../../../src/pipeline/drafts/confirm-draft.js';
import { prepareNextDraft } from '../../../src/pipeline/drafts/prepare-draft.js';
import { viewStatus } from '../../../src/pipeline/views/attention.js';
import { measured } from '../../support/measured.js';
import { type Rig, startRig } from '../../support/rig.js';
import { chunked, deliver } from '../../support/runs.js';
import { checked, spreadsheet } from '../drafts/drafts.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_REQUEST_TIMEOUT: '1s' } });
});
afterAll(() => rig.close());
/** No worker runs here: what that means is told in a test of its own, and left out elsewhere. */
beforeEach(() => rig.ctx.heartbeats.beat('test', ['default']));

async function about(runId: string): Promise<Attention[]> {
  return (await rig.siaran.status()).attention.filter((each) => each.runId === runId);
}

test('a run that nothing holds and that gets nowhere is stalled', async () => {
  const runId = await chunked(rig, 6);
  expect(await about(runId)).toEqual([]);
  await rig.query(
    "UPDATE batches SET opened_at = now() - interval '1 hour', closed_at = now() - interval '1 hour' WHERE run_id = $1",
    [runId],
  );
  expect(await about(runId)).toMatchObject([
    { kind: 'stalled', account: 'default', name: 'December', recipients: 6, action: `siaran run ${runId}` },
  ]);
  await rig.siaran.cancel(runId);
});

test('stalled runs take no more statements than none, and their counts are those that wait', async () => {
  const look = () => measured(rig.ctx.db, (db) => viewStatus({ ...rig.ctx, db }));
  const none = await look();
  const runId = await chunked(rig, 1_003);
  await deliver(rig, runId, 1);
  await rig.query(
    `UPDATE batches SET opened_at = now() - interval '1 hour', closed_at = now() - interval '1 hour',
       uploaded_at = uploaded_at - interval '1 hour', scheduled_at = scheduled_at - interval '1 hour' WHERE run_id = $1`,
    [runId],
  );
  expect(await about(runId)).toEqual([]);
  await rig.query(
    `UPDATE attempts SET intended_at = intended_at - interval '1 hour', answered_at = answered_at - interval '1 hour'
     WHERE batch_id = $1`,
    [`${runId}-0001`],
  );
  expect(await about(runId)).toMatchObject([{ kind: 'stalled', recipients: 3 }]);
  expect((await look()).statements).toBe(none.statements);
  await rig.siaran.cancel(runId);
});

test('a confirmed draft whose list nobody reads is told, and that no worker is there', async () => {
  const draft = await checked(rig, spreadsheet(4));
  const { runId } = await confirmDraft(rig.ctx, draft, 4, 'ada');
  expect(await about(runId)).toEqual([]);
  await rig.ctx.heartbeats.stop('test');
  const [workers] = (await rig.siaran.status()).attention.filter(({ kind }) => kind === 'workers');
  expect(workers?.recipients).toBeGreaterThanOrEqual(4);
  await rig.ctx.heartbeats.beat('test', ['default']);
  await rig.query("UPDATE drafts SET confirmed_at = now() - interval '6 minutes' WHERE run_id = $1", [runId]);
  expect(await about(runId)).toMatchObject([{ kind: 'stalled', recipients: 4, action: `siaran draft ${draft.id}` }]);
  expect(await judgeCampaigns(rig.ctx)).toMatchObject({ ok: false, detail: expect.stringContaining(runId) });
  await rig.siaran.cancel(runId);
  await prepareNextDraft(rig.ctx, new AbortController().signal);
  expect(await about(runId)).toEqual([]);
});
