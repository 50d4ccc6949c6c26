import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { type Database, isPostgresAway, openDatabase } from '../../../src/store/postgres/database.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { eventually } from '../../support/rig.js';
import { type SilentProxy, startSilentProxy } from '../../support/servers/silent-proxy.js';

let [environment, proxy]: [Environment, SilentProxy] = [undefined as never, undefined as never];
let opened: Database | undefined;
let pool: Pool | undefined;
beforeEach(async () => {
  environment = await freshEnvironment();
  proxy = await startSilentProxy(environment.databaseUrl);
});
afterEach(async () => {
  await opened?.$disconnect();
  await pool?.end();
  pool = undefined;
  proxy.close();
  await environment.drop();
});

const options = { connections: 2, statementTimeoutMs: 1_000 };
const sources = {
  'an address': () => openDatabase(proxy.through(environment.databaseUrl), options),
  'a pool of the program': () => {
    pool = new Pool({ connectionString: proxy.through(environment.databaseUrl), max: 2 });
    pool.on('error', () => {});
    return openDatabase(pool, options);
  },
};

/** As long as somebody waits for a connection, and then for an answer. */
const longestMs = 5_000 + 1_000;

test.each(['an address', 'a pool of the program'] as const)(
  'while Postgres is silent, each of many askers hears that it is away; then all goes on: %s',
  async (source) => {
    const db = sources[source]();
    opened = db;
    const ask = () => db.$queryRaw<{ n: number }[]>`SELECT ${1}::int AS n`;
    const change = () => db.$transaction((tx) => tx.$queryRaw`SELECT ${2}::int AS n`);
    await Promise.all([ask(), change()]);
    proxy.silence();
    const begun = performance.now();
    const heard = await Promise.all(
      Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? ask() : change()).then(() => 'done', isPostgresAway)),
    );
    expect(new Set(heard)).toEqual(new Set([true]));
    // This machine may be slow.
    expect(performance.now() - begun).toBeLessThan(3 * longestMs);
    proxy.flow('late');
    await eventually(
      () => Promise.all([ask(), change(), ask()]).catch(() => []),
      (answers) => answers.length === 3,
    );
  },
);
