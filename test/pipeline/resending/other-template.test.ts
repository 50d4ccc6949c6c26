import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { refreshTemplates } from '../../../src/pipeline/templates/refresh-templates.js';
import { firstTemplates } from '../../../src/sandbox/templates.js';
import { finished, type Rig, startRig } from '../../support/rig.js';
import { messageTemplate, type RunSettings } from '../../support/runs.js';
import { handedOver } from './retried-rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  await rig.work();
});
afterEach(() => rig.close());

const messages = { ...messageTemplate, channelId: 7, delivery: 'individual' } as const;
const failed = (settings: RunSettings = {}) =>
  handedOver(rig, 2, { 0: ['failed', 131026], 1: ['failed', 131026] }, settings);
const resend = (runId: string, templateDetailId: number) =>
  rig.siaran.resend(runId, { failed: true, templateDetailId });
const countRuns = async () => (await rig.siaran.runs()).length;

test("of messages of their own, everything that Qiscus is told is the other template's", async () => {
  const runId = await failed(messages);
  const { runId: newId } = await resend(runId, 1911);
  const namespace = '6616bb93_d895_41e7_8bbe_2c528219e56e';
  expect(await finished(rig.siaran, newId ?? '')).toMatchObject({
    templateDetailId: 1911,
    delivery: { channelId: 534, individual: { templateName: 'invoice_update', namespace, language: 'id' } },
    recipients: { scheduled: 2 },
  });
  expect(rig.sandbox.accepted.jobs().map((job) => job.templateDetailId)).toEqual([172, 172, 1911, 1911]);
  // The run that was made is found whether its template is named again or not; with that of the first run, it is another one.
  for (const again of [await resend(runId, 1911), await rig.siaran.resend(runId, { failed: true })])
    expect(again).toEqual({ runId: newId, recipients: 2, leftOut: {}, already: true });
  await expect(resend(runId, 172)).rejects.toMatchObject({ code: 'KEY_CONFLICT' });
});

test('with the template of its own, messages go out as before, although nobody knows it', async () => {
  const { runId } = await resend(await failed(messages), 172);
  const { templateName, namespace, language } = messages;
  expect(await finished(rig.siaran, runId ?? '')).toMatchObject({
    delivery: { channelId: 7, individual: { templateName, namespace, language } },
    recipients: { scheduled: 2 },
  });
});

test('one that nobody knows is refused for messages of their own, and taken in bulk', async () => {
  const runId = await failed(messages);
  await expect(resend(runId, 173)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/^templateDetailId is 173, and no template of account default is known by that id/),
  });
  expect(await countRuns()).toBe(1);
  const { runId: inBulk } = await resend(await failed(), 173);
  expect(await finished(rig.siaran, inBulk ?? '')).toMatchObject({ templateDetailId: 173 });
});

test.each([
  ['in bulk', {}],
  ['one by one', messages],
])('one that is known and has other columns, or is not approved, is refused %s', async (_, settings) => {
  const runId = await failed(settings);
  await rig.siaran.templates();
  await expect(resend(runId, 1921)).rejects.toThrow(/has 2 .* of the body's variables, and the list has 1/);
  const rejected = firstTemplates.map((template) => ({
    ...template,
    hsm_details: template.hsm_details.map((detail) => ({ ...detail, approval_status: -1 })),
  }));
  rig.sandbox.setTemplates(rejected);
  await refreshTemplates(rig.ctx, ['default'], 0);
  await expect(resend(runId, 1911)).rejects.toThrow(/invoice_update:id \(id 1911\) was rejected .* can't be sent/);
  expect(await countRuns()).toBe(1);
});
