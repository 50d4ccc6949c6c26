import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Resolution } from '../../src/index.js';
import { createDraft } from '../../src/pipeline/drafts/view-draft.js';
import { rejectionsPage } from '../../src/pipeline/views/list-rejections.js';
import { invoiceColumns, type Rig, startRig } from '../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const run = { name: 'Invoices', templateDetailId: 172, columns: invoiceColumns };
const campaign = { ...run, audience: 'function:a', schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta' };
const declared = { notSent: true, force: true } as const;

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['a wait of a month', () => rig.siaran.startRun({ ...run, flushAfter: '30d' }), /flushAfter .*24d at most/],
  [
    'more messages than Postgres can count',
    () => resolve({ ...declared, despiteEvidence: 3_000_000_000 }),
    /despiteEvidence is 3000/,
  ],
  ['half of a message', () => resolve({ ...declared, despiteEvidence: 2, seen: 1.5 }), /seen is 1\.5/],
  ['an id with a NUL character', () => rig.siaran.run('r\0'), /NUL character/],
  ['a name with a NUL character', () => rig.siaran.runs(20, { name: 'Inv\0' }), /NUL character/],
])('%s is refused with words that say what is wrong', async (_what, call, words) => {
  const error = await call().catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({ code: 'USAGE', message: expect.stringMatching(words) });
});

const numbers: unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 1e30, '5', null, {}];
const channel = { template: 'a', channelId: 5 };
const template = { templateDetailId: 7, name: 'a', language: 'id', body: 'b' };
const message = { templateDetailId: 7, channelId: 5, templateName: 'a', namespace: 'b', language: 'id' };
const seen = { id: '00000000-0000-7000-8000-000000000000', version: 1 };

/** Every call that takes a number. @param takes of the numbers above, those that are right */
const callsWithNumber: [string, (given: never) => Promise<unknown>, takes?: unknown[]][] = [
  ['limit', (limit) => rig.siaran.runs(limit)],
  ['limit', (limit) => rig.siaran.drafts(limit)],
  ['count', (count) => rig.siaran.forecastCampaign('none', count)],
  ['version', (version) => rig.siaran.editCampaign('none', {}, { version })],
  ['version', (version) => rig.siaran.confirmDraft({ ...seen, version })],
  ['version', (version) => rig.siaran.discardDraft(seen.id, { version })],
  ['codes', (code) => rig.siaran.resend('none', { failed: true, codes: [code] })],
  ['codes', (codes) => rig.siaran.resend('none', { failed: true, codes })],
  ['templateDetailId', (templateDetailId) => rig.siaran.resend('none', { failed: true, templateDetailId })],
  ['sent', (sent) => resolve({ sent })],
  ['despiteEvidence', (despiteEvidence) => resolve({ ...declared, despiteEvidence })],
  ['seen', (seen) => resolve({ ...declared, seen })],
  ['channelId', (channelId) => rig.siaran.templates({ channelId })],
  ['channelId', (channelId) => rig.siaran.preview({ ...channel, channelId, row: {} })],
  ['channelId', (channelId) => rig.siaran.testSend({ ...channel, channelId, phoneNumbers: ['6281234567890'] })],
  ['templateDetailId', (templateDetailId) => rig.siaran.addTemplate({ ...template, templateDetailId })],
  ['channelId', (channelId) => rig.siaran.addTemplate({ ...template, channelId })],
  ['templateDetailId', (templateDetailId) => rig.siaran.startRun({ ...run, templateDetailId })],
  ['channelId', (channelId) => rig.siaran.startRun({ ...run, channelId })],
  ['dailyLimit', (dailyLimit) => rig.siaran.startRun({ ...run, dailyLimit })],
  ['first', (first) => rig.siaran.startRun({ ...run, first })],
  ['maxRejected', (maxRejected) => rig.siaran.startRun({ ...run, maxRejected }), ['5']],
  ['approvalAbove', (approvalAbove) => rig.siaran.addCampaign({ ...campaign, approvalAbove }), [null]],
];

test.each(callsWithNumber)(
  'no number as %s is an error that names it, and what would be right',
  async (name, call, takes = []) => {
    for (const given of numbers.filter((each) => !takes.includes(each))) {
      const error: unknown = await call(given as never).catch((refusal: unknown) => refusal);
      const told = { given, code: 'USAGE', message: expect.stringMatching(new RegExp(`(^|\\b)${name}\\b`)) };
      expect({ given, ...pick(error) }).toEqual(told);
    }
  },
);

const dates = [new Date(Number.NaN), new Date(8.64e15), new Date(-8.64e15), 'soon', 5, null];

const callsWithDate: [string, (given: never) => Promise<unknown>][] = [
  ['since', (since) => rig.siaran.runs(1, { since })],
  ['until', (until) => rig.siaran.runs(1, { until })],
  ['since', (since) => rig.siaran.bulk({ action: 'cancel', filter: { since } })],
  ['since', (since) => rig.siaran.audit({ since }).next()],
  ['until', (until) => rig.siaran.audit({ until }).next()],
  ['startAt', (startAt) => rig.siaran.startRun({ ...run, startAt })],
  ['startAt', (startAt) => rig.siaran.sendMessage({ ...message, phoneNumber: '6281234567890', startAt })],
];

test.each(callsWithDate)('no date as %s is an error that names it', async (name, call) => {
  for (const given of dates) {
    const error: unknown = await call(given as never).catch((refusal: unknown) => refusal);
    expect({ given, ...pick(error) }).toEqual({ given, code: 'USAGE', message: expect.stringContaining(name) });
  }
});

const callsWithDuration: [string, (given: never) => Promise<unknown>][] = [
  ['flushAfter', (flushAfter) => rig.siaran.startRun({ ...run, flushAfter })],
  ['unansweredAfter', (unansweredAfter) => rig.siaran.resend('none', { unansweredAfter })],
  ['wait', (wait) => rig.siaran.sendMessage({ ...message, phoneNumber: '6281234567890', wait })],
  ['wait', (wait) => rig.siaran.testSend({ ...channel, phoneNumbers: ['6281234567890'], wait })],
];

test.each(callsWithDuration)('no duration as %s is an error that names it', async (name, call) => {
  for (const given of [5, Number.NaN, {}, 'soon', '-5s', null]) {
    const error: unknown = await call(given as never).catch((refusal: unknown) => refusal);
    expect({ given, ...pick(error) }).toEqual({ given, code: 'USAGE', message: expect.stringContaining(name) });
  }
});

test('the audit log is asked by nothing that it does not know', async () => {
  await expect(rig.siaran.audit({ actr: 'ada' } as object).next()).rejects.toMatchObject({
    ...{ code: 'USAGE', message: 'audit has no setting "actr"; actor was probably meant.' },
  });
  await expect(rig.siaran.audit({ action: 'forgot' as never }).next()).rejects.toThrow(
    /^action is "forgot"; it is start, /,
  );
});

function pick(error: unknown): object {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { code, message };
}

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

function resolve(found: Resolution): Promise<unknown> {
  return rig.siaran.resolve('r22222222-0001', found, { by: 'ada' });
}
