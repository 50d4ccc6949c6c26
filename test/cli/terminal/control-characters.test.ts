import { afterAll, beforeAll, expect, it, test } from '@jest/globals';
import { forTerminal } from '../../../src/cli/terminal/output.js';
import { finished, invoices } from '../../support/rig.js';
import { openSetting, type Setting } from '../setting.js';
import { run } from '../siaran.js';

/** Sets a terminal's title, clears it, colours by C1, rings, goes back over the line, and turns the writing round; then a line of its own. */
const evil =
  'Rahasia\x1b]0;title\x07\x1b[2J\x9b31m\x85\b\r\x7f\u202egnp.exe\u2066\nFORGED  line\r\nFORGED  line\u2028FORGED  line';
const obeyed = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

it.each([
  ['\x1b[31mred\x1b[0m', '\\u001b[31mred\\u001b[0m'],
  ['\x9b2J', '\\u009b2J'],
  ['a\rb\r\nc\td\n', 'a\\u000db\r\nc\td\n'],
  ['\u202eabc\u202c \u2067x\u2069', '\\u202eabc\\u202c \\u2067x\\u2069'],
  ['é 你 😀 عربي', 'é 你 😀 عربي'],
])('%j is written as %j', (text, written) => {
  expect(forTerminal(text)).toBe(written);
});

let setting: Setting;
let ids: { runId: string; batchId: string };

beforeAll(async () => {
  setting = await openSetting();
  const { siaran, environment } = setting;
  const columns = ['phone_number', 'customer_name', 'body_variable1'] as const;
  const recipients = [...invoices(3), { phone_number: `1\x1b[2J`, customer_name: evil, body_variable1: evil }];
  const { runId } = await siaran.broadcast({ name: 'December', templateDetailId: 172, columns, recipients });
  const workers = await siaran.work();
  await finished(siaran, runId);
  await workers.close();
  ids = { runId, batchId: `${runId}-0001` };
  await siaran.addCampaign({
    ...{ name: 'Weekly', templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 * * mon', timeZone: 'UTC' },
    audience: 'function:due',
  });
  await siaran.suppress(['6281234567890']);
  // As if an older version, or somebody else, had let it in.
  await environment.query(`UPDATE runs SET name = $1`, [evil]);
  await environment.query(`UPDATE batches SET error = $1`, [evil]);
  await environment.query(`UPDATE attempts SET error = $1, broadcast_name = $1`, [evil]);
  await environment.query(`UPDATE rejections SET reason = $1, source = $1`, [evil]);
  await environment.query(`UPDATE campaigns SET name = $1, changed_by = $1, audience = 'function:' || $1`, [evil]);
  await environment.query(`UPDATE campaigns SET paused_at = now(), paused_reason = $1`, [evil]);
  await environment.query(`UPDATE suppressions SET reason = $1`, [evil]);
  await environment.query(
    `INSERT INTO audit_entries (at, actor, action, target, detail, status) VALUES (now(), $1, 'pause', $1, jsonb_build_object('reason', $1::text), 200)`,
    [evil],
  );
});

afterAll(() => setting.close());

test.each([
  ['runs', () => ['runs']],
  ['run', () => ['run', ids.runId]],
  ['batches', () => ['batches', ids.runId]],
  ['rejections', () => ['rejections', ids.runId]],
  ['results', () => ['results', ids.runId]],
  ['recipient', () => ['recipient', '6281210000000']],
  ['campaign list', () => ['campaign', 'list']],
  ['campaign show', () => ['campaign', 'show', evil]],
  ['a campaign that is not there', () => ['campaign', 'show', `${evil}!`]],
  ['suppress list', () => ['suppress', 'list']],
  ['verify', () => ['verify', ids.runId]],
  ['audit', () => ['audit']],
  ['doctor', () => ['doctor']],
  ['a command that is not there', () => [evil]],
  ['an option that is not there', () => ['runs', `--${evil}`]],
  ['a file that is not there', () => ['send', evil, '--name', 'x', '--template-detail-id', '172']],
])('%s writes no control character of a text from elsewhere', async (name, args) => {
  for (const more of [[], ['--json']]) {
    const { stdout, stderr } = await run([...args(), ...more], { env: setting.env });
    expect(stdout + stderr).not.toMatch(obeyed);
    // Of what somebody types themselves, commander's own words show the lines as they are.
    if (!/an option|a command/.test(name)) expect(stdout + stderr).not.toMatch(/[\n\u2028\u2029]FORGED/);
    if (!/doctor|verify|results/.test(name)) expect(stdout + stderr).toContain('Rahasia');
  }
});

test('what they write shows the text, and as JSON has the same value', async () => {
  const text = await run(['runs'], { env: setting.env });
  expect(text.stdout).toContain('Rahasia\\u001b]0;title\\u0007');
  const json = await run(['runs', '--json'], { env: setting.env });
  expect(JSON.parse(json.stdout)).toMatchObject([{ name: evil }]);
});
