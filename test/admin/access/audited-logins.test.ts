import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import { people, tokens } from '../../support/admin.js';
import { type Rig, startRig } from '../../support/rig.js';
import { inviteUser } from '../invite-user.js';

/** Logins, log-outs and refusals in the audit log. */
let rig: Rig;
const stranger = '203.0.113.7';
const other = '2001:db8:1:2:3::4';

beforeAll(async () => {
  rig = await startRig();
});
beforeEach(() => rig.query('TRUNCATE admin_users, admin_service_tokens, admin_recovery_codes, admin_sessions'));
afterAll(() => rig.close());

type App = Awaited<ReturnType<typeof buildAdmin>>;

const post = (app: App, url: string, payload: object, remoteAddress = stranger, cookie = '') =>
  app.inject({ method: 'POST', url, payload, remoteAddress, headers: { cookie } });
const since = async () =>
  BigInt((await rig.query<{ id: string }>('SELECT coalesce(max(id), 0)::text AS id FROM audit_entries'))[0]?.id ?? 0);
async function sentencesAfter(id: bigint): Promise<string[]> {
  const told: string[] = [];
  for await (const entry of rig.siaran.audit()) if (BigInt(entry.id) > id) told.push(entry.text);
  return told.reverse();
}

test('who logs in and out is told, with the address and the way', async () => {
  const { password } = await inviteUser(rig.ctx, 'wira', 'operator');
  const from = await since();
  const app = await buildAdmin(rig.ctx, people);
  for (const [name, token] of [
    ['', tokens.viewer],
    ['wira', password],
  ]) {
    const answer = await post(app, '/login', { name, token });
    const [cookie] = String(answer.headers['set-cookie']).split(';');
    await post(app, '/logout', {}, stranger, cookie);
    // Whoever is out already tells nothing new.
    await post(app, '/logout', {}, stranger, cookie);
  }
  await app.close();
  expect(await sentencesAfter(from)).toEqual([
    `desk (token) logged in from "${stranger}" by token`,
    `desk (token) logged out, from "${stranger}"`,
    `wira logged in from "${stranger}" by password`,
    `wira logged out, from "${stranger}"`,
  ]);
});

test('refusals are one entry for each address, however many there were', async () => {
  const from = await since();
  const app = await buildAdmin(rig.ctx, people);
  for (let at = 0; at < 30; at += 1) await post(app, '/login', { token: `wrong ${at}` });
  await post(app, '/login', { token: 'wrong' }, other);
  expect(await sentencesAfter(from)).toEqual([]);
  await app.close();
  const told = await sentencesAfter(from);
  expect(told).toEqual([
    `unknown was refused 30 logins within a minute, from "${stranger}"`,
    'unknown was refused a login within a minute, from "2001:db8:1:2"',
  ]);
  expect(told.join()).not.toContain('wrong');
});

test('strangers of very many addresses do not fill the log either', async () => {
  const from = await since();
  const { RefusalAudit } = await import('../../../src/admin/access/refusal-audit.js');
  const audit = new RefusalAudit(rig.ctx);
  for (let at = 0; at < 1_500; at += 1) audit.add('bearer', `10.0.${Math.floor(at / 250)}.${at % 250}`);
  await audit.flush();
  const told = await sentencesAfter(from);
  expect(told).toHaveLength(1_001);
  expect(told).toContain('unknown was refused 500 logins within a minute, from "other addresses"');
});
