import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { openNumbers } from '../../../src/input/read-numbers.js';
import { openRecipients } from '../../../src/input/read-recipients.js';
import { phoneNumber } from '../../support/rig.js';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

let setting: Setting;

beforeAll(async () => {
  setting = await openSetting();
});

afterAll(() => setting.close());

afterEach(() => setting.environment.query('DELETE FROM suppressions'));

const listed = async () =>
  (
    await setting.environment.query<{ number: string }>(
      'SELECT phone_number::text AS number FROM suppressions ORDER BY 1',
    )
  ).map(({ number }) => number);

test.each([
  ['CSV', `phone_number;customer_name;body_variable1\n${phoneNumber(0)};Ani;INV-1\n`],
  ['JSON', `{"phone_number":"${phoneNumber(0)}","customer_name":"Ani","body_variable1":"INV-1"}\n`],
])('a list of recipients, as %s, is imported only by who says that it is meant', async (_, content) => {
  const path = await setting.file(content);
  const refused = await run(['suppress', 'import', path], { env: setting.env });
  expect(refused).toMatchObject({
    ...{ code: 2, stdout: '' },
    stderr: expect.stringMatching(/has customer_name, body_variable1 too, as a list of recipients has.*--yes/),
  });
  expect(await listed()).toEqual([]);
  expect(await json(['suppress', 'import', path, '--yes'], { env: setting.env })).toMatchObject({ added: 1 });
  expect(await listed()).toEqual([phoneNumber(0)]);
});

test('an import is undone by its id: what was there before stays, and so does whom anything else put there since', async () => {
  const { env, environment } = setting;
  await json(['suppress', 'add', phoneNumber(0)], { env });
  const path = await setting.file(`phone_number,note\n${[0, 1, 2, 3].map((n) => `${phoneNumber(n)},x`).join('\n')}\n`);
  const { importId, added } = await json<{ importId: string; added: number }>(['suppress', 'import', path], { env });
  expect(added).toBe(3);
  const other = await run(['suppress', 'import', '-'], { env, input: `${phoneNumber(3)}\n${phoneNumber(4)}\n` });
  expect(other.stdout).toMatch(/^1 added .*\nTo undo it: siaran suppress undo --import i\w+\n$/);
  await environment.query(`UPDATE suppressions SET source = 'opt_out' WHERE phone_number = $1`, [phoneNumber(1)]);
  expect(await json(['suppress', 'undo', '--import', importId], { env })).toEqual({ optOuts: 0, removed: 1 });
  expect(await listed()).toEqual([0, 1, 3, 4].map((n) => phoneNumber(n)));
  expect(await run(['suppress', 'undo', '--import', importId], { env })).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining(`There is no import "${importId}"`) },
  });
  expect(await run(['suppress', 'undo', '--import', importId, '--batch', 'r1-0001'], { env })).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('goes with no other source') },
  });
});

/** What one line, without an end, costs at most: its square would be 16 times as much. */
test.each([
  ['combining marks', (length: number) => `1${'\u0316\u0301'.repeat(length / 4)}`],
  ['columns that are all there twice', (length: number) => `${columns(length / 2)},${columns(length / 2)}`],
  ['columns', columns],
  ['quotes', (length: number) => '"'.repeat(length)],
])('a line of 60 kB that has no end is read in a time that grows with it: %s', async (_, line) => {
  for (const open of [openNumbers, openRecipients]) {
    const time = async (length: number) => {
      const begun = process.cpuUsage();
      await open({ stream: stream(line(length)), name: 'x' }).catch(() => {});
      return process.cpuUsage(begun).user;
    };
    await time(15_000);
    const [short, long] = [
      Math.min(await time(15_000), await time(15_000)),
      Math.min(await time(60_000), await time(60_000)),
    ];
    // Microseconds; below this nothing can be told.
    expect(long).toBeLessThan(Math.max(10 * short, 100_000));
  }
});

function columns(length: number): string {
  return Array.from({ length: length / 6 }, (_, index) => `h${index}`).join(',');
}

async function* stream(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
