import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { changeDraft } from '../../../src/pipeline/drafts/change-draft.js';
import { startCheck } from '../../../src/pipeline/drafts/check-draft.js';
import { confirmDraft } from '../../../src/pipeline/drafts/confirm-draft.js';
import { prepareNextDraft } from '../../../src/pipeline/drafts/prepare-draft.js';
import { testSendDraft } from '../../../src/pipeline/drafts/preview-draft.js';
import { createDraft, findDraft } from '../../../src/pipeline/drafts/view-draft.js';
import { start } from '../../support/program.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { mostPerNumber } from '../../support/runs.js';
import { checked, spreadsheet } from './drafts.js';

let rig: Rig;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-drafts-'));
  const names = join(folder, 'audiences.yaml');
  await writeFile(names, 'members: "file:members.csv"\n');
  await writeFile(join(folder, 'members.csv'), 'phone_number,body_variable1,body_variable2\n6281211112222,Ada,5\n');
  rig = await startRig({ env: { SIARAN_AUDIENCES_FILE: names, SIARAN_AUDIENCE_DIR: folder } });
});
afterEach(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const never = new AbortController().signal;
const people = 6_000;

test('a worker that is killed while it reads leaves nobody out and nobody twice', async () => {
  const draft = await checked(rig, spreadsheet(people));
  const { runId } = await confirmDraft(rig.ctx, draft, people, 'ada');
  const worker = start(['worker'], { env: rig.env });
  await eventually(
    () => rig.query('SELECT 1 FROM intakes WHERE run_id = $1', [runId]),
    (rows) => rows.length === 1,
  );
  await rig.ctx.db.$transaction(async (tx) => {
    // As long as this is held, it can't come to its end.
    await tx.$queryRaw`SELECT 1 FROM runs WHERE id = ${runId} FOR UPDATE`;
    worker.child.kill('SIGKILL');
    await worker.ended;
  });
  expect(await findDraft(rig.ctx, draft.id)).toMatchObject({ state: 'preparing' });
  expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'preparing' }, recipients: { scheduled: 0 } });
  await rig.query('UPDATE drafts SET claim_expires_at = now()');
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({
    ...{ outcome: 'handed_over', recipients: { scheduled: people, missing: 0, rejected: 0 } },
  });
  expect(mostPerNumber(rig)).toBe(1);
  expect(await rig.siaran.verify(runId)).toMatchObject({ ok: true });
  expect(await findDraft(rig.ctx, draft.id)).toMatchObject({ state: 'started' });
}, 180_000);

test('two workers that want the same draft read it once', async () => {
  const draft = await checked(rig, spreadsheet(10));
  const { runId } = await confirmDraft(rig.ctx, draft, 10, 'ada');
  await rig.work();
  await Promise.all([1, 2].map(() => prepareNextDraft(rig.ctx, never)));
  expect(await finished(rig.siaran, runId)).toMatchObject({
    recipients: { enqueued: 10, scheduled: 10, duplicates: 0 },
  });
});

test('a run that is cancelled while its rows are not in yet ends, and its draft with its file', async () => {
  const draft = await checked(rig, spreadsheet(10));
  const { runId } = await confirmDraft(rig.ctx, draft, 10, 'ada');
  await rig.siaran.cancel(runId);
  expect(await prepareNextDraft(rig.ctx, never)).toBe(true);
  expect(await findDraft(rig.ctx, draft.id)).toMatchObject({ state: 'failed', runId });
  expect(await rig.query('SELECT 1 FROM draft_parts')).toEqual([]);
  expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
});

test('more rejected rows than the settings bear give the run up, and the draft says why', async () => {
  const text = spreadsheet(3, ['a;b;c', 'd;e;f']);
  const strict = await changeDraft(rig.ctx, await checked(rig, text), { settings: { maxRejected: 1 } });
  const draft = await startCheck(rig.ctx, strict, { waitMs: 20_000 });
  const { runId } = await confirmDraft(rig.ctx, draft, undefined, 'ada');
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'failed', recipients: { scheduled: 0 } });
  expect(await findDraft(rig.ctx, draft.id)).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining('rejected'),
  });
});

test('an audience that the configuration names is a list as well', async () => {
  let draft = await createDraft(rig.ctx, { name: 'Members' }, 'ada');
  draft = await changeDraft(rig.ctx, draft, { audience: 'members', template: { template: 'reminder:id' } });
  expect(draft).toMatchObject({
    source: { kind: 'audience', name: 'members', columns: ['phone_number', 'body_variable1', 'body_variable2'] },
    mapping: { phone_number: 'phone_number', body_variable1: 'body_variable1', body_variable2: 'body_variable2' },
  });
  draft = await startCheck(rig.ctx, draft, { waitMs: 20_000 });
  expect(draft.check).toMatchObject({ rows: 1, people: 1 });
  const { runId } = await confirmDraft(rig.ctx, draft, undefined, 'ada');
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 1 } });
});

test('an audience that has more people than were confirmed is held until somebody has looked, also before its first part', async () => {
  let draft = await createDraft(rig.ctx, { name: 'Members' }, 'ada');
  const settings = { first: 1 };
  draft = await changeDraft(rig.ctx, draft, { audience: 'members', template: { template: 'reminder:id' }, settings });
  draft = await startCheck(rig.ctx, draft, { waitMs: 20_000 });
  const { runId } = await confirmDraft(rig.ctx, draft, 1, 'ada');
  await appendFile(join(folder, 'members.csv'), '6281211113333,Grace,7\n6281211113333,Grace,7\n');
  await rig.work();
  const held = await eventually(
    () => rig.siaran.run(runId),
    (run) => run.held !== null && run.held.kind !== 'preparing',
  );
  expect(held).toMatchObject({
    ...{ status: 'paused', recipients: { pending: 2, scheduled: 0 } },
    held: { kind: 'grown', reason: 'it was confirmed for 1, and 2 people are in it now' },
  });
  expect((await rig.siaran.status()).attention).toMatchObject([{ kind: 'held', action: `siaran resume ${runId}` }]);
  expect(rig.sandbox.accepted.jobs()).toHaveLength(0);
  await rig.siaran.resume(runId);
  await eventually(
    () => rig.siaran.run(runId),
    ({ held, recipients }) => held?.kind === 'first' && recipients.scheduled === 1,
  );
  await rig.siaran.resume(runId);
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 2 } });
  expect(mostPerNumber(rig)).toBe(1);
});

test('of two reasons to hold a run none is lost: that it has grown, and that rows of it were not as they were signed', async () => {
  let draft = await createDraft(rig.ctx, { name: 'Members' }, 'ada');
  draft = await changeDraft(rig.ctx, draft, { audience: 'members', template: { template: 'reminder:id' } });
  draft = await startCheck(rig.ctx, draft, { waitMs: 20_000 });
  const { runId } = await confirmDraft(rig.ctx, draft, 1, 'ada');
  await appendFile(join(folder, 'members.csv'), '6281211113333,Grace,7\n');
  await rig.query("UPDATE runs SET unverified_reason = 'a block was changed' WHERE id = $1", [runId]);
  await rig.work();
  const { held } = await eventually(
    () => rig.siaran.run(runId),
    (run) => run.held !== null && run.held.kind !== 'preparing',
  );
  expect(held).toMatchObject({ kind: 'grown' });
  await rig.siaran.resume(runId);
  expect(await rig.siaran.run(runId)).toMatchObject({ held: { kind: 'unverified' }, recipients: { scheduled: 0 } });
  await rig.siaran.resume(runId);
  expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: 2 } });
});

test('a run of a draft needs an approval like every other, and its starter gives none', async () => {
  const strict = await rig.open({ SIARAN_APPROVAL_ABOVE: '5' }).work();
  const draft = await checked(rig, spreadsheet(10));
  const { runId } = await confirmDraft(rig.ctx, draft, 10, 'ada');
  expect(
    await eventually(
      () => rig.siaran.run(runId),
      ({ held }) => held?.kind === 'approval',
    ),
  ).toMatchObject({ approval: { above: 5, startedBy: 'ada', waits: true }, recipients: { scheduled: 0 } });
  await strict.close();
});

test('nothing is told of somebody who was forgotten, and nobody messages them', async () => {
  // A list that is there already is thrown away; this one comes afterwards.
  await rig.siaran.forget(phoneNumber(1), { by: 'privacy desk' });
  const draft = await checked(rig, spreadsheet(3));
  expect(draft.check).toMatchObject({ rows: 3, people: 2, suppressed: 1 });
  const toOneself = testSendDraft(rig.ctx, draft.id, 2, [phoneNumber(900)]);
  await expect(toOneself).rejects.toThrow("Row 2 can't be sent as a test: its number is suppressed.");
  const { runId } = await confirmDraft(rig.ctx, draft, 2, 'ada');
  await rig.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: 2 } });
  expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(1))).toBe(0);
});
