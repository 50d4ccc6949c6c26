import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/config.js';
import { openContext } from '../../src/context.js';
import { openSiaran } from '../../src/index.js';
import { lookForForgotten } from '../../src/pipeline/reconcile/reconcile.js';
import { migrate } from '../../src/store/migrations/migrate.js';
import { rightsOf } from '../../src/store/migrations/worker-rights.js';
import { run } from '../cli/siaran.js';
import { askOnce } from '../support/environment.js';
import { type LeastRoles, makeLeastRoles } from './least-roles.js';

let roles: LeastRoles;
let env: Record<string, string>;

beforeAll(async () => {
  roles = await makeLeastRoles();
  env = { ...roles.environment.env, DATABASE_URL: roles.urlOf('siaran_worker'), LOG_LEVEL: 'silent' };
});
afterAll(() => roles.drop());

test('what the command grants is what the page tells', () => {
  expect(roles.rights.trim().split('\n')).toEqual(rightsOf('siaran_worker').map((statement) => `${statement};`));
});

describe('the audit log is read and added to, and nothing else:', () => {
  const asked = (sql: string) => askOnce<Record<string, unknown>>(roles.urlOf('siaran_worker'), sql);
  const refused = { code: '42501', message: expect.stringContaining('permission denied for table audit_entries') };

  test.each([
    "UPDATE audit_entries SET actor = 'somebody else'",
    'UPDATE audit_entries SET status = 200 WHERE status IS NULL',
    'DELETE FROM audit_entries',
    "DELETE FROM audit_entries WHERE at < clock_timestamp() - interval '3 years'",
    'TRUNCATE audit_entries',
    'SELECT id FROM audit_entries FOR UPDATE',
    'BEGIN; LOCK TABLE audit_entries IN ACCESS EXCLUSIVE MODE',
    "INSERT INTO audit_entries (at, actor, action, target, detail) VALUES ('2001-01-01', 'ada', 'pause', '', '{}')",
    "INSERT INTO audit_entries (id, actor, action, target, detail) VALUES (9e18, 'ada', 'pause', '', '{}')",
    "INSERT INTO audit_entries (actor, action, target, detail) VALUES ('ada', 'pause', '', '{}') ON CONFLICT (id) DO UPDATE SET actor = 'b'",
  ])('refused is %s', async (sql) => {
    await expect(asked(sql)).rejects.toMatchObject(refused);
  });

  test.each([
    ['ALTER TABLE audit_entries DISABLE TRIGGER ALL', 'must be owner'],
    ['DROP TRIGGER audit_entries_stay ON audit_entries', 'must be owner'],
    [
      'CREATE TRIGGER mine BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION keep_audit_entry()',
      'permission denied',
    ],
    ['CREATE OR REPLACE FUNCTION end_audit_entry(BIGINT, INTEGER) RETURNS BOOLEAN RETURN true', 'permission denied'],
    ['ALTER FUNCTION remove_old_audit_entries RESET search_path', 'must be owner'],
    ["SELECT setval('audit_entries_id_seq', 1)", 'permission denied'],
    ['SET session_replication_role = replica', 'permission denied'],
    ['SET ROLE siaran_owner', 'permission denied'],
  ])('nor can the role get around it by %s', async (sql, message) => {
    await expect(asked(roles.named(sql))).rejects.toThrow(message);
  });

  test('others cannot call its functions at all', async () => {
    for (const call of ['end_audit_entry(1, 200)', 'remove_old_audit_entries(0)'])
      await expect(askOnce(roles.urlOf('shop'), `SELECT public.${call}`)).rejects.toMatchObject({ code: '42501' });
  });

  test('an entry gets its outcome once, and nothing else of it changes', async () => {
    const siaran = openSiaran(env);
    await siaran.go().finally(() => siaran.close());
    const [entry] = await asked('SELECT id, status, at FROM audit_entries ORDER BY id DESC LIMIT 1');
    expect(entry).toMatchObject({ status: 200 });
    expect(await asked(`SELECT end_audit_entry(${String(entry?.id)}, 500) AS ended`)).toEqual([{ ended: false }]);
    expect(await asked(`SELECT end_audit_entry(NULL, 500) AS ended`)).toEqual([{ ended: false }]);
    expect(await asked('SELECT id, status, at FROM audit_entries ORDER BY id DESC LIMIT 1')).toEqual([entry]);
  });

  test('old entries go, those of thirty days stay whatever is asked for, and the log tells of it', async () => {
    await askOnce(
      roles.urlOf('siaran_owner'),
      `INSERT INTO audit_entries (at, actor, action, target, detail, status)
       SELECT clock_timestamp() - days * interval '1 day', 'ada', 'pause', 'old ' || days, '{}', 200 FROM unnest(ARRAY[29, 32, 729, 732]) AS days`,
    );
    const left = async () =>
      (await asked("SELECT target FROM audit_entries WHERE target LIKE 'old %' ORDER BY id")).map(
        ({ target }) => target,
      );
    const ctx = openContext(parseConfig(env));
    await lookForForgotten(ctx).finally(() => ctx.close());
    expect(await left()).toEqual(['old 29', 'old 32', 'old 729']);
    for (const age of ['NULL', '0', '-9223372036854775808', '9223372036854775807', '1'])
      await asked(`SELECT remove_old_audit_entries(${age})`).catch((error: unknown) =>
        expect(error).toMatchObject({ message: 'interval out of range' }),
      );
    expect(await left()).toEqual(['old 29']);
    const [entry] = await asked(
      "SELECT * FROM audit_entries WHERE action = 'audit retention' ORDER BY id DESC LIMIT 1",
    );
    expect(entry).toMatchObject({ actor: 'Siaran', status: 200 });
    expect(entry?.detail).toMatchObject({ entries: 2, role: roles.named('siaran_worker') });
  });

  test('what a role has made of its own is not found in the place of what the functions mean', async () => {
    const onDatabase = `ON DATABASE ${roles.database}`;
    await askOnce(roles.urlOf('siaran_owner'), roles.named(`GRANT TEMPORARY, CREATE ${onDatabase} TO siaran_worker`));
    await asked(`CREATE SCHEMA mine;
      GRANT USAGE ON SCHEMA mine TO PUBLIC;
      CREATE FUNCTION mine.clock_timestamp() RETURNS timestamptz RETURN '2999-01-01'::timestamptz;
      CREATE FUNCTION mine.date_trunc(text, timestamptz, text) RETURNS timestamptz RETURN '2999-01-01'::timestamptz;
      CREATE TEMP TABLE audit_entries (id bigint, status int, at timestamptz);
      SET search_path = mine, pg_temp, pg_catalog, public;
      SELECT public.remove_old_audit_entries(0);`);
    await asked('DROP SCHEMA mine CASCADE');
    await askOnce(
      roles.urlOf('siaran_owner'),
      roles.named(`REVOKE TEMPORARY, CREATE ${onDatabase} FROM siaran_worker`),
    );
    expect(await asked("SELECT target FROM audit_entries WHERE target = 'old 29'")).toEqual([{ target: 'old 29' }]);
  });
});

test('the doctor tells of a right too many, and of one too few', async () => {
  const auditLog = async () => {
    const { stdout } = await run(['doctor', '--json'], { env });
    return (JSON.parse(stdout) as { check: string }[]).find(({ check }) => check === 'Audit log');
  };
  const owner = (sql: string) => askOnce(roles.urlOf('siaran_owner'), roles.named(sql));
  expect(await auditLog()).toMatchObject({
    ok: true,
    detail: expect.stringContaining('adds entries and changes none'),
  });
  await owner('GRANT UPDATE, DELETE, TRUNCATE ON audit_entries TO siaran_worker');
  expect(await auditLog()).toMatchObject({ ok: false, todo: expect.stringContaining('siaran migrate --grant-to') });
  await owner('REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM siaran_worker');
  await owner('REVOKE EXECUTE ON FUNCTION end_audit_entry FROM siaran_worker');
  expect(await auditLog()).toMatchObject({ ok: false, detail: expect.stringContaining("can't add what came of") });
  await migrate(roles.urlOf('siaran_owner'), { grantTo: roles.named('siaran_worker') });
  expect(await auditLog()).toMatchObject({ ok: true });
});
