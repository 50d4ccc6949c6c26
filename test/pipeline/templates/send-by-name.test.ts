import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { refreshTemplates } from '../../../src/pipeline/templates/refresh-templates.js';
import { firstTemplates } from '../../../src/sandbox/templates.js';
import { recordAnswer } from '../../../src/store/attempts.js';
import { noteEnds } from '../../../src/store/endings.js';
import { TemplateApprovals } from '../../../src/store/template-approvals.js';
import { eventually, finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { chunked, deliver } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const columns = ['phone_number', 'body_variable1', 'body_variable2'] as const;
const rows = [{ phone_number: phoneNumber(1), body_variable1: 'Ada', body_variable2: '5' }];
const december = { name: 'December', template: 'reminder:id', columns };

/** As Qiscus tells one of its templates from now on. */
function tell(detailId: number, approval_status: number | null, rejection_reason: string | null = null): void {
  rig.sandbox.setTemplates(
    firstTemplates.map((template) => ({
      ...template,
      hsm_details: template.hsm_details.map((detail) =>
        detail.id === detailId ? { ...detail, approval_status, rejection_reason } : detail,
      ),
    })),
  );
}

/** Nobody asked within the last half minute. */
const letAsk = () => rig.query("UPDATE template_lists SET asked_at = now() - interval '1 minute'");

test('a broadcast by the name of its template goes out as one by its id does', async () => {
  await rig.work();
  const { runId } = await rig.siaran.broadcast({ ...december, key: 'k', recipients: rows });
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', templateDetailId: 1921 });
  const { template: _, ...byId } = december;
  expect(await rig.siaran.startRun({ ...byId, templateDetailId: 1921, key: 'k' })).toMatchObject({ existed: true });
});

test('a message needs nothing but the name', async () => {
  await rig.work();
  const message = { phoneNumber: phoneNumber(2), variables: ['Ada', '5'], template: 'reminder:en' };
  const sent = await rig.siaran.sendMessage(message);
  expect(sent).toMatchObject({ status: 'scheduled' });
  const namespace = '6616bb93_d895_41e7_8bbe_2c528219e56e';
  expect(await rig.siaran.run(sent.runId)).toMatchObject({
    ...{ name: 'reminder', templateDetailId: 1922 },
    delivery: { channelId: 534, individual: { templateName: 'reminder', namespace, language: 'en' } },
  });
});

test.each([
  ['reminder', columns, /several templates "reminder": reminder:en \(.*\), reminder:id \(.*\); write its language/],
  ['remind', columns, /no template "remind"\. There are december_promo, flash_sale/],
  [
    'flash_sale',
    ['phone_number'],
    /flash_sale:id \(id 1951\) was rejected by WhatsApp \(INVALID_FORMAT\), and can't be sent/,
  ],
  ['new_year', ['phone_number'], /new_year:id \(id 1941\) is waiting for the approval/],
  ['reminder:id', ['phone_number', 'body_variable1'], /has 2 .* of the body's variables, and the list has 1/],
  ['a:b:c', columns, /template is "a:b:c"; write its name/],
])('a run of %s with %j is refused before anything is enqueued', async (template, of, words) => {
  await expect(rig.siaran.startRun({ name: 'x', template, columns: of })).rejects.toThrow(words);
  expect(await rig.siaran.runs()).toEqual([]);
});

test('what contradicts the template is refused, and so is a run that names none', async () => {
  const other = { ...december, templateDetailId: 7, delivery: 'individual', language: 'en' } as const;
  await expect(rig.siaran.startRun(other)).rejects.toThrow(
    /templateDetailId is 7; that of the template reminder:id is 1921.*\n.*language is "en"/,
  );
  await expect(rig.siaran.startRun({ name: 'x', columns })).rejects.toThrow(/templateDetailId is undefined/);
});

test('a message that is too long with its values filled in is refused, and a row of a list is rejected', async () => {
  const long = 'a'.repeat(990);
  await expect(
    rig.siaran.sendMessage({ phoneNumber: phoneNumber(2), variables: [long, '5'], template: 'reminder:id' }),
  ).rejects.toThrow(/with its values the body has 102\d characters/);
  const { id } = await rig.siaran.startRun(december);
  const list = [...rows, { phone_number: phoneNumber(3), body_variable1: long, body_variable2: '5' }];
  expect(await rig.siaran.enqueue(id, list)).toEqual({ accepted: 1, rejected: 1 });
});

test('a template that was rejected meanwhile holds its run at the hand-over, once', async () => {
  await rig.siaran.templates();
  const runId = await chunked(rig, 3, { templateDetailId: 1911 });
  tell(1911, -1, 'TAG_CONTENT_MISMATCH');
  await refreshTemplates(rig.ctx, ['default'], 0);
  await deliver(rig, runId, 1);
  const reason = 'its template invoice_update:id (id 1911) was rejected by WhatsApp (TAG_CONTENT_MISMATCH)';
  expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused', held: { kind: 'template', reason } });
  expect(rig.sandbox.accepted.summary()).toMatchObject({ files: 0, jobs: 0 });
  await rig.siaran.resume(runId);
  await deliver(rig, runId, 1);
  expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'scheduled' }]);
});

test('a run whose end was noted before an answer that it was not sent is held as well, and not sent', async () => {
  const runId = await chunked(rig, 3, { templateDetailId: 1911 });
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  await deliver(rig, runId, 1);
  await noteEnds(rig.ctx.db);
  // From here on as if its worker had been given up, and Qiscus's answer came only now.
  tell(1911, -1);
  await refreshTemplates(rig.ctx, ['default'], 0);
  const [attempt] = await rig.query<{ token: string }>(
    "UPDATE attempts SET answered_at = NULL, outcome = NULL WHERE kind = 'send' RETURNING token",
  );
  const late = {
    outcome: 'not_sent',
    httpStatus: 429,
    broadcastJobId: null,
    broadcastJob: null,
    error: 'later',
  } as const;
  expect(await recordAnswer(rig.ctx.db, attempt?.token ?? '', late)).toMatchObject({ settlement: 'settled' });
  const stands = () =>
    rig.query('SELECT finished_at IS NOT NULL AS ended, held_kind AS held FROM runs WHERE id = $1', [runId]);
  expect(await stands()).toEqual([{ ended: true, held: null }]);
  // A worker that looks at the templates anew.
  const ctx = { ...rig.ctx, approvals: new TemplateApprovals(rig.ctx.db) };
  for (const _ of ['claimed', 'claimed again']) await deliver({ ctx }, runId, 1);
  expect(await stands()).toEqual([{ ended: false, held: 'template' }]);
  expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'uploaded', attempts: 1 }]);
  expect(await rig.query("SELECT 1 FROM notices WHERE event = 'hold'")).toHaveLength(1);
});

test('a template whose approval is told in a way that nobody knows holds and refuses nothing, and is told so', async () => {
  tell(1911, null);
  expect(await rig.siaran.templates()).toContainEqual(
    expect.objectContaining({ templateDetailId: 1911, approval: 'unknown' }),
  );
  const runId = await chunked(rig, 3, { templateDetailId: 1911 });
  await deliver(rig, runId, 1);
  expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'scheduled' }]);
  const named = { name: 'x', template: 'invoice_update', columns: ['phone_number', 'body_variable1'] };
  expect(await rig.siaran.startRun(named)).toMatchObject({ existed: false });
});

test('a message whose template was rejected meanwhile is held as well', async () => {
  await rig.siaran.templates();
  const start = new Date(Date.now() + 86_400_000);
  tell(1921, -1);
  const message = { phoneNumber: phoneNumber(2), variables: ['Ada', '5'], template: 'reminder:id', startAt: start };
  const { runId } = await rig.siaran.sendMessage({ ...message, wait: '0s' });
  await refreshTemplates(rig.ctx, ['default'], 0);
  await rig.work();
  const run = await eventually(
    () => rig.siaran.run(runId),
    ({ held }) => held !== null,
  );
  expect(run.held).toMatchObject({ kind: 'template' });
  expect(rig.sandbox.accepted.summary()).toMatchObject({ jobs: 0 });
});

test('before a template is refused, Qiscus is asked whether it is approved by now', async () => {
  await rig.siaran.templates();
  tell(1951, 1);
  await letAsk();
  const { id } = await rig.siaran.startRun({ name: 'x', template: 'flash_sale', columns: ['phone_number'] });
  expect(await rig.siaran.run(id)).toMatchObject({ templateDetailId: 1951 });
});

test('a run that was begun is completed, and held at the hand-over instead', async () => {
  const { id } = await rig.siaran.startRun({ ...december, key: 'k' });
  tell(1921, -1);
  await rig.siaran.templates({ refresh: true });
  expect(await rig.siaran.startRun({ ...december, key: 'k' })).toMatchObject({ id, existed: true });
});

test.each([
  [1951, ['phone_number'], /flash_sale:id \(id 1951\) was rejected by WhatsApp/],
  [1921, ['phone_number', 'body_variable1'], /has 2 .* of the body's variables, and the list has 1/],
])('a run by the id %d, whose template is known, is refused for the same', async (templateDetailId, of, words) => {
  const asked = { name: 'x', templateDetailId, columns: of };
  const { id } = await rig.siaran.startRun({ ...asked, key: 'begun before' });
  await rig.siaran.templates();
  await expect(rig.siaran.startRun(asked)).rejects.toThrow(words);
  expect((await rig.siaran.runs()).map((run) => run.id)).toEqual([id]);
  // What was begun while nothing was known of it goes on, and is held at the hand-over.
  expect(await rig.siaran.startRun({ ...asked, key: 'begun before' })).toMatchObject({ id, existed: true });
});
