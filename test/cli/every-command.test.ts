import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { phoneNumber } from '../support/rig.js';
import { openSetting, type Setting } from './setting.js';
import { run } from './siaran.js';

/** What stands in the audit log once a command has run, and how it is run here. What is refused is kept as well. */
type Kept = { entry: string; args: () => readonly string[] | Promise<readonly string[]>; input?: string };

const number = phoneNumber(1);
const kept = (entry: string, ...args: string[]): Kept => ({ entry, args: () => args });
const csv = `phone_number,customer_name,body_variable1\n${number},A,INV-1\n`;
const broadcast = ['--template-detail-id', '172', '--name', 'December'];
const campaign = [
  '--template-detail-id',
  '172',
  '--audience',
  "sql:SELECT '1' AS phone_number",
  '--columns',
  'phone_number',
  '--schedule',
];

/** Done to a draft of its own. */
const ofDraft = (entry: string, verb: string, ...flags: string[]): Kept => ({
  entry,
  args: async () => ['draft', verb, (await setting.siaran.makeDraft({ name: 'D' }, Readable.from([csv]))).id, ...flags],
});

const customers = `sql:SELECT '${number}' AS phone_number, 'B' AS customer_name, 'INV-1' AS body_variable1`;

/** Looks, and shows no number in full or no more than a person's decision needs. */
const looks = 'changes nothing, and shows no list of numbers';
const own = 'reads a file of its caller, and changes nothing';
const process = 'runs until it is stopped; what is done through it has entries of its own';

/** Every command, with its entry or the reason why it has none: a new one fails until it stands here. */
const commands: Readonly<Record<string, Kept | string>> = {
  send: { ...kept('seal', 'send', '-', ...broadcast, '--key', 'december'), input: csv },
  message: kept(
    'message',
    'message',
    number,
    ...broadcast,
    ...'--channel-id 1 --template-name a --namespace b --language id --wait 1s'.split(' '),
  ),
  seal: kept('seal', 'seal', 'nope'),
  'close-source': kept('close source', 'close-source', 'nope', 'x'),
  ...{ status: looks, runs: looks, run: looks, results: looks, batches: looks, verify: looks },
  rejections: 'shows rejected rows, with their numbers masked',
  recipient: kept('look up', 'recipient', number),
  export: {
    entry: 'export',
    args: async () => ['export', (await setting.siaran.runs())[0]?.id ?? ''],
  },
  retry: kept('retry', 'retry', 'nope'),
  resend: kept('resend', 'resend', 'nope', '--failed', '--yes'),
  resolve: kept('resolve', 'resolve', 'nope-0001', '--not-sent'),
  pause: kept('pause', 'pause', 'nope'),
  resume: kept('resume accounts', 'resume', '--all'),
  approve: { entry: 'approve', args: async () => ['approve', await waitingRun(), '--yes'] },
  stop: kept('stop', 'stop', '--all'),
  go: kept('go', 'go', '--all'),
  cancel: kept('cancel', 'cancel', 'nope'),
  audit: kept('look up', 'audit', '--number', number),
  templates: kept('template refresh', 'templates', '--refresh'),
  'templates add': {
    ...kept('template add', 'templates', 'add', '-', '--template-detail-id', '9', '--name', 'own', '--language', 'id'),
    input: csv,
  },
  ...{ drafts: looks, preview: own },
  'draft make': { ...kept('draft create', 'draft', 'make', '-', '--name', 'Made'), input: csv },
  'draft show': ofDraft('draft discard', 'show', '--discard', '--yes'),
  'draft change': ofDraft('draft change', 'change', '--name', 'Another'),
  'draft confirm': ofDraft('draft confirm', 'confirm', '--people', '1', '--yes'),
  'draft export': {
    entry: 'export',
    args: async () => {
      const draft = { name: 'D', template: { template: 'invoice_update:id' } };
      const { id } = await setting.siaran.makeDraft(draft, Readable.from([csv, '1,B,INV-2\n']));
      return ['draft', 'export', id, '--rows', 'rejected'];
    },
  },
  'draft test-send': ofDraft('test send', 'test-send', '--to', number),
  'draft check': 'reads a list that was put in, which is kept, and counts',
  'draft preview': 'a row at a time of a list that somebody has put in, which is kept',
  'test-send': kept(
    'test send',
    'test-send',
    '--template',
    'invoice_update',
    '--to',
    number,
    '--variables',
    'A',
    '--wait',
    '1s',
  ),
  'campaign look': kept('preview', 'campaign', 'look', '--audience', customers, '--template', 'invoice_update:id'),
  'campaign add': kept('campaign add', 'campaign', 'add', '--name', 'Promo', ...campaign, '2099-01-01T00:00:00Z'),
  'campaign edit': kept('campaign edit', 'campaign', 'edit', 'Promo', '--pace', '10/1h'),
  'campaign pause': kept('campaign pause', 'campaign', 'pause', 'Promo'),
  'campaign resume': kept('campaign resume', 'campaign', 'resume', 'Promo'),
  'campaign fire': kept('campaign fire', 'campaign', 'fire', 'Promo'),
  'campaign remove': kept('campaign remove', 'campaign', 'remove', 'Promo', '--yes'),
  ...{ 'campaign list': looks, 'campaign show': looks, 'campaign versions': looks },
  'suppress add': kept('suppress', 'suppress', 'add', number),
  'suppress remove': kept('unsuppress', 'suppress', 'remove', number),
  'suppress list': kept('list suppressions', 'suppress', 'list'),
  'suppress import': { ...kept('import suppressions', 'suppress', 'import', '-', '--yes'), input: `${number}\n` },
  'suppress held': kept('decide opt-outs', 'suppress', 'held', '--account', 'default', '--discard'),
  'suppress undo': kept('undo opt-outs', 'suppress', 'undo', '--import', 'nope'),
  forget: kept('forget', 'forget', number, '--yes'),
  purge: kept('purge', 'purge', '--older-than', '90d'),
  adopt: kept('adopt', 'adopt', '--yes'),
  'user invite': kept('user invite', 'user', 'invite', 'bo', '--role', 'operator'),
  'user link': kept('user link', 'user', 'link', 'bo'),
  'user role': kept('user role', 'user', 'role', 'bo', 'viewer'),
  'user email': kept('user email', 'user', 'email', 'bo', 'bo@example.com'),
  'user totp-reset': {
    entry: 'totp reset',
    args: async () => {
      await setting.environment.query("UPDATE admin_users SET totp_secret = 'x', totp_since = now() WHERE name = 'bo'");
      return ['user', 'totp-reset', 'bo'];
    },
  },
  'user token add': kept('user token add', 'user', 'token', 'add', 'bo', '--label', 'crm'),
  'user token revoke': {
    entry: 'user token revoke',
    args: async () => {
      const { stdout } = await run(['user', 'token', 'list', '--json'], { env: setting.env });
      return ['user', 'token', 'revoke', (JSON.parse(stdout) as { id: string }[])[0]?.id ?? ''];
    },
  },
  'user revoke': kept('user revoke', 'user', 'revoke', 'bo'),
  ...{ 'user list': looks, 'user token list': looks, doctor: looks },
  migrate: 'changes the schema, of which Postgres keeps what was applied and when; there may be no audit log yet',
  ...{ worker: process, admin: process, callbacks: process },
  ...{ sandbox: 'is no part of an installation', demo: 'is no part of an installation' },
  completion: own,
};

let setting: Setting;

beforeAll(async () => {
  setting = await openSetting({ env: { SIARAN_ACTOR: 'ada', SIARAN_TEST_NUMBERS: number } });
});
afterAll(() => setting.close());

/** A run that waits for somebody else's approval. */
async function waitingRun(): Promise<string> {
  await setting.environment.query("UPDATE accounts SET approval_above = 0 WHERE name = 'default'");
  const { id } = await setting.siaran.startRun({
    name: 'X',
    templateDetailId: 172,
    columns: ['phone_number'],
    account: 'default',
  });
  await setting.environment.query('UPDATE runs SET approval_above = 0 WHERE id = $1', [id]);
  await setting.siaran.seal(id);
  return id;
}

/** The commands that do something, by the help of each. */
async function leaves(words: readonly string[] = []): Promise<string[]> {
  const { stdout } = await run([...words, '--help']);
  const [, listed = ''] = stdout.split(/^Commands:$/m);
  const names = [...(listed.split(/^\S/m)[0] ?? '').matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name);
  const below = names.filter((name) => name !== 'help');
  if (below.length === 0) return [words.join(' ')];
  const deeper: string[] = [];
  // One after the other: each at the same time would be a process of its own.
  for (const name of below) deeper.push(...(await leaves([...words, name])));
  // `templates` has a command below it, and does something by itself.
  const alone = words.join(' ') in commands ? [words.join(' ')] : [];
  return [...alone, ...deeper];
}

test('every command has an entry, or a reason why it has none', async () => {
  expect((await leaves()).sort()).toEqual(Object.keys(commands).sort());
});

test.each(Object.entries(commands).flatMap(([name, one]) => (typeof one === 'string' ? [] : [{ name, one }])))(
  'siaran $name is kept as it is told',
  async ({ one: { entry, args, input } }) => {
    const entries = () =>
      setting.environment.query("SELECT id FROM audit_entries WHERE actor = 'ada' AND action = $1", [entry]);
    const words = await args();
    const before = (await entries()).length;
    const { stderr } = await run(words, { env: setting.env, ...(input !== undefined && { input }) });
    const added = (await entries()).length - before;
    expect({ words, added, stderr: added > 0 ? '' : stderr }).toEqual({ words, added: expect.any(Number), stderr: '' });
    expect(added).toBeGreaterThan(0);
  },
);
