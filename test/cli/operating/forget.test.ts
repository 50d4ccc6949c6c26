import { userInfo } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { finished, phoneNumber } from '../../support/rig.js';
import { onTerminal } from '../on-terminal.js';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;
let env: Record<string, string>;

beforeAll(async () => {
  setting = await openSetting({ env: { SIARAN_DEFAULT_COUNTRY: 'ID' }, worker: true });
  env = setting.env;
});
afterAll(() => setting.close());

const numbers = [1, 2, 3].map(phoneNumber);
const [, person = ''] = numbers;
const csv = `phone_number,customer_name\n${numbers.map((number) => `${number},Toko ${number.slice(-1)}`).join('\n')}\n`;
type Sent = { runId: string; accepted: number };

test('a person is forgotten by a number in any form, and the command tells of how many runs and messages', async () => {
  const path = await setting.file(csv);
  const { runId } = await json<Sent>(['send', path, '--name', 'December', '--template-detail-id', '172'], { env });
  await finished(setting.siaran, runId);
  const national = `0${person.slice(2, 5)}-${person.slice(5)}`;
  expect(await json(['forget', national, '--by', 'privacy desk'], { env })).toEqual({
    runs: 1,
    messages: 0,
    emptiedDrafts: [],
  });
  const again = await run(['forget', person], { env });
  expect(again).toMatchObject({ code: 0, stdout: 'Forgotten: the number is gone from 1 run and 0 messages.\n' });
  const told = await run(['recipient', person], { env });
  expect(told.stdout).toMatch(
    /in 0 runs\nIt was forgotten on .* UTC, as privacy desk asked, and is never messaged again\.\n/,
  );
  expect(await json(['recipient', person], { env })).toMatchObject({ forgotten: { by: 'privacy desk' }, runs: [] });
  const exported = await run(['export', runId], { env });
  expect(exported.stdout).toMatch(/Toko 1.*\r\nforgotten,,.*scheduled.*\r\n.*Toko 3/);
  expect(await json(['verify', runId], { env })).toMatchObject({ ok: true });

  const later = await json<Sent>(['send', path, '--name', 'December', '--template-detail-id', '172', '--again'], {
    env,
  });
  expect((await finished(setting.siaran, later.runId)).recipients).toMatchObject({ scheduled: 2, suppressed: 1 });
  expect(setting.sandbox.accepted.deliveriesTo(person)).toBe(1);
  const refused = await run(['suppress', 'remove', person], { env });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('was forgotten: it stays on the list') });
});

test('whoever asks is by default the user of the machine; what is no number is refused, and nothing is done', async () => {
  const other = phoneNumber(9);
  await json(['forget', other], { env });
  expect(await json(['recipient', other], { env })).toMatchObject({ forgotten: { by: userInfo().username } });
  expect(await run(['forget', '12'], { env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('phone_number'),
  });
});

test('the question names whom, masked, and in how many runs', async () => {
  const asked = phoneNumber(12);
  const { seen } = await onTerminal(['forget', asked], { env, answer: 'n\n' });
  expect(seen).toMatch(
    new RegExp(`Forget ${asked.slice(0, 4)}\\*+${asked.slice(-2)}, who is in 0 runs, for good\\? \\[y/N\\]`),
  );
  expect(seen).not.toContain(asked);
  expect(await json(['recipient', asked], { env })).toMatchObject({ forgotten: null });
});
