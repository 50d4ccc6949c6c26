import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '../../src/store/migrations/migrate.js';
import { root } from '../cli/siaran.js';
import { askOnce, type Environment, freshEnvironment } from '../support/environment.js';

/** The roles that the page tells, on a database that the owner has migrated. */
export type LeastRoles = {
  environment: Environment;
  /** The name of the database. */
  database: string;
  /** What the page says that `siaran migrate --grant-to` does. */
  rights: string;
  /** What the page says that Siaran's user of Redis may. */
  redisRules: string[];
  urlOf(role: string): string;
  /** A role's name as it is here: roles are those of the whole server, which all tests share. */
  named(role: string): string;
  drop(): Promise<void>;
};

const roles = ['siaran_owner', 'siaran_worker', 'shop'];

/** Makes them as `docs/operations/security.md` says. */
export async function makeLeastRoles(): Promise<LeastRoles> {
  const tag = randomBytes(6).toString('hex');
  const database = `d_${tag}`;
  const named = (text: string) =>
    text
      .replaceAll(/\b(siaran_owner|siaran_worker|shop)\b/g, `$1_${tag}`)
      .replaceAll('DATABASE siaran', `DATABASE ${database}`);
  const environment = await freshEnvironment();
  const urlOf = (role: string) =>
    Object.assign(new URL(environment.databaseUrl), { username: named(role), pathname: `/${database}` }).href;
  const page = await readFile(join(root, 'docs/operations/security.md'), 'utf8');
  const section = page.slice(page.indexOf('## Least rights'));
  const [making = '', rights = '', handingIn = ''] = [...section.matchAll(/```sql [^\n]*\n(.*?)```/gs)].map(
    ([, sql = '']) => sql,
  );
  const [, rules = ''] = /^user siaran on >PASSWORD (.*)$/m.exec(section) ?? [];
  for (const statement of making.split(';').filter((text) => text.trim() !== ''))
    await environment.query(named(statement));
  await migrate(urlOf('siaran_owner'), { grantTo: named('siaran_worker') });
  await askOnce(urlOf('siaran_owner'), named(handingIn));
  return {
    ...{ environment, database, rights, redisRules: rules.split(' '), urlOf, named },
    drop: async () => {
      await environment.query(`DROP DATABASE ${database} WITH (FORCE)`);
      for (const role of roles) await environment.query(`DROP ROLE ${named(role)}`);
      await environment.drop();
    },
  };
}
