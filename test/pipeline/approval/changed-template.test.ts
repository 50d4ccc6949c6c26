import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { refreshTemplates } from '../../../src/pipeline/templates/refresh-templates.js';
import { firstTemplates, type SandboxTemplate } from '../../../src/sandbox/templates.js';
import { eventually, finished, invoices, type Rig, startRig } from '../../support/rig.js';
import { inAnHour, promo } from '../campaigns/promo.js';
import { approveAs, asked, going, run, sends } from './setting.js';

/** `invoice_update`, whose text has one place. */
const templateDetailId = 1911;
const reason = /as its template's text has changed since bo approved it$/;
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_APPROVAL_ABOVE: '10', SIARAN_ACTOR: 'ada' } });
  await rig.work();
});
beforeEach(() => tell(firstTemplates));
afterAll(() => rig.close());

/** What Qiscus tells from now on, and is asked for. */
async function tell(templates: readonly SandboxTemplate[]): Promise<string[]> {
  rig.sandbox.setTemplates(templates);
  return refreshTemplates(rig.ctx, ['default'], 0);
}

const changed = (more: Partial<SandboxTemplate['hsm_details'][0]>): SandboxTemplate[] =>
  firstTemplates.map((one) => ({
    ...one,
    hsm_details: one.hsm_details.map((detail) => (detail.id === templateDetailId ? { ...detail, ...more } : detail)),
  }));

/** A run that bo has approved, and that waits for its start. */
async function approvedRun(): Promise<string> {
  const { runId } = await rig.siaran.broadcast({
    ...{ ...run, templateDetailId, recipients: invoices(12) },
    startAt: inAnHour(),
  });
  await asked(rig.siaran, runId);
  await approveAs(rig, 'bo', runId);
  return runId;
}

test.each([
  ['its body', { content: 'Tagihan *{{1}}* dibatalkan.' }],
  ['its header', { header_type: 'TEXT', header_content: 'Promo' }],
  ['the media that it has by itself', { header_type: 'IMAGE', header_default_value: 'https://example.com/b.png' }],
  ['its footer', { footer: 'Hubungi 0812' }],
  ['its buttons', { buttons: [{ type: 'URL', text: 'Bayar', url: 'https://example.com/pay' }] }],
])('a template of which %s was changed after the approval asks again', async (_, more) => {
  const before = sends(rig);
  await rig.siaran.stopAll();
  const { runId } = await rig.siaran.broadcast({ ...run, templateDetailId, recipients: invoices(12) });
  await asked(rig.siaran, runId);
  const seen = await rig.siaran.approval(runId);
  expect(seen.message?.body).toContain('sudah terbit');
  await approveAs(rig, 'bo', runId);
  expect(await going(rig, runId)).toEqual([1]);
  await tell(changed(more));
  await rig.siaran.go();
  expect(await going(rig, runId)).toEqual([]);
  expect(await asked(rig.siaran, runId)).toMatchObject({
    held: { kind: 'approval', reason: expect.stringMatching(reason) },
    approval: { waits: true, approvedBy: 'bo' },
  });
  const toldOf = () =>
    rig.query<{ reason: string }>(
      "SELECT detail ->> 'reason' AS reason FROM notices WHERE run_id = $1 ORDER BY created_at DESC LIMIT 1",
      [runId],
    );
  await eventually(toldOf, ([notice]) => reason.test(notice?.reason ?? ''));
  expect(sends(rig)).toBe(before);
  const now = await rig.siaran.approval(runId);
  expect(now.state).not.toBe(seen.state);
  await expect(rig.open({ SIARAN_ACTOR: 'cy' }).approve(runId, seen.state)).rejects.toMatchObject({
    code: 'CHANGED_MEANWHILE',
  });
  await approveAs(rig, 'cy', runId);
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over', approval: { approvedBy: 'cy' } });
  expect(sends(rig)).toBe(before + 1);
});

test('the same text, told again, changes nothing; nor does a failure to tell it, or that it is not told any more', async () => {
  const runId = await approvedRun();
  await tell(firstTemplates);
  // What isn't shown of a template is nothing that was approved.
  await tell(firstTemplates.map((one) => ({ ...one, category: 'MARKETING' })));
  expect(await going(rig, runId)).toEqual([1]);
  const away = openContext(parseConfig({ ...rig.env, QISCUS_BASE_URL: 'http://127.0.0.1:9' }));
  expect(await refreshTemplates(away, ['default'], 0).finally(() => away.close())).toHaveLength(1);
  expect(await going(rig, runId)).toEqual([1]);
  await tell([]);
  expect(await going(rig, runId)).toEqual([1]);
  await tell(changed({ content: 'Tagihan *{{1}}* dibatalkan.' }));
  expect(await going(rig, runId)).toEqual([]);
  await tell(firstTemplates);
  expect(await going(rig, runId)).toEqual([1]);
  await rig.siaran.cancel(runId);
});

test('a run whose template nobody knew goes out as it was approved, also when it is told later', async () => {
  await tell([]);
  const runId = await approvedRun();
  await tell(firstTemplates);
  expect(await going(rig, runId)).toEqual([1]);
  await tell(changed({ content: 'Tagihan *{{1}}* dibatalkan.' }));
  expect(await going(rig, runId)).toEqual([1]);
  await rig.siaran.cancel(runId);
});

test('one approval for all runs of a version is of the text that its approver saw', async () => {
  await rig.siaran.addCampaign({
    ...promo(inAnHour(), { name: 'Once', prepareAhead: '0s', approvalAbove: 10, approveOnce: true }),
    templateDetailId,
  });
  const fire = async () => (await rig.open({ SIARAN_ACTOR: 'dee' }).fireCampaign('Once')).runId;
  const first = await fire();
  await asked(rig.siaran, first);
  await approveAs(rig, 'bo', first);
  await finished(rig.siaran, first);
  await finished(rig.siaran, await fire());
  await tell(changed({ footer: 'Hubungi 0812' }));
  const third = await fire();
  expect(await asked(rig.siaran, third)).toMatchObject({ held: { reason: expect.stringMatching(reason) } });
  await approveAs(rig, 'cy', third);
  await finished(rig.siaran, third);
  expect(await finished(rig.siaran, await fire())).toMatchObject({ outcome: 'handed_over' });
});
