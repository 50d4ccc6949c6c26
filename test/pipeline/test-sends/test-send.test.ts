import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
const [own, other] = [phoneNumber(1), phoneNumber(2)];

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_TEST_NUMBERS: `+${own}, ${other}` } });
  await rig.work();
});
afterAll(() => rig.close());

const reminder = { template: 'reminder:id', variables: ['Ada', 'Rp 5'] };

test('a test goes to everybody who is meant for tests, as a run of its own', async () => {
  const sent = await rig.siaran.testSend(reminder);
  expect(sent).toMatchObject({
    ...{ phoneNumbers: [own, other], status: 'finished', outcome: 'handed_over' },
    message: { body: 'Halo Ada, tagihan *Rp 5* jatuh tempo besok.' },
  });
  expect(await rig.siaran.run(sent.runId)).toMatchObject({ name: 'Test of reminder:id', recipients: { scheduled: 2 } });
  expect([own, other].map((number) => rig.sandbox.accepted.deliveriesTo(number))).toEqual([1, 1]);
});

test('a test of a row takes its header and buttons, and not its number', async () => {
  const row = { header_variable: 'Ada', body_variable1: '5%', button1_variable1: 'ada' };
  const request = { template: 'december_promo', phoneNumbers: [own] };
  const sent = await rig.siaran.testSend({
    ...request,
    row: { ...row, phone_number: phoneNumber(9), customer_name: 'Toko' },
  });
  expect(sent).toMatchObject({ phoneNumbers: [own], outcome: 'handed_over', message: { header: 'Promo untuk Ada' } });
  expect(rig.sandbox.accepted.deliveriesTo(phoneNumber(9))).toBe(0);
});

test('a test counts as no part of the run that it was made for', async () => {
  const columns = ['phone_number', 'body_variable1', 'body_variable2'] as const;
  const recipients = [{ phone_number: own, body_variable1: 'Ada', body_variable2: '5' }];
  const { runId } = await rig.siaran.broadcast({ name: 'December', template: 'reminder:id', columns, recipients });
  const before = rig.sandbox.accepted.deliveriesTo(own);
  await rig.siaran.testSend({ ...reminder, phoneNumbers: [own] });
  expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { enqueued: 1, scheduled: 1, duplicates: 0 } });
  expect(rig.sandbox.accepted.deliveriesTo(own) - before).toBeLessThanOrEqual(2);
});

test.each([
  [{ phoneNumbers: [phoneNumber(3)] }, /only be sent to the numbers of SIARAN_TEST_NUMBERS/],
  [{ phoneNumbers: ['12'] }, /The test can't be sent: /],
  [{ variables: ['Ada'] }, /the list has 1/],
  [{ variables: ['Ada', ''] }, /The test would be rejected: body_variable2 is empty/],
  [{ template: 'flash_sale', variables: [] }, /was rejected by WhatsApp/],
  [{ row: {} }, /not both/],
  [{ wait: 'long' }, /wait is "long"; write a duration/],
])('what can not be sent is refused, and starts no run: %j', async (change, words) => {
  const before = (await rig.siaran.runs()).length;
  await expect(rig.siaran.testSend({ ...reminder, ...change })).rejects.toThrow(words);
  expect(await rig.siaran.runs()).toHaveLength(before);
});

test('the audit log tells of it, by whom, and not to whom', async () => {
  const entries = [];
  for await (const entry of rig.siaran.audit({ action: 'test send', number: own })) entries.push(entry);
  expect(entries[0]?.text).toMatch(/sent a test of template "reminder:id"/);
  expect(JSON.stringify(entries)).not.toContain(own);
});

test('a value is treated as its list would have it', async () => {
  const asked = { template: 'reminder:id', phoneNumbers: [own], variables: ['Ada', 'Rp\n5'] };
  await expect(rig.siaran.testSend(asked)).rejects.toThrow(/The test would be rejected: body_variable2/);
  const sent = await rig.siaran.testSend({ ...asked, values: 'clean' });
  expect(sent).toMatchObject({ outcome: 'handed_over', message: { body: expect.stringContaining('*Rp 5*') } });
  expect(await rig.siaran.run(sent.runId)).toMatchObject({ values: 'clean' });
});
