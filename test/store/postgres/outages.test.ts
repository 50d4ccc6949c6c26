import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isPostgresAway, isPostgresRefused, openDatabase } from '../../../src/store/postgres/database.js';
import { raw } from '../../../src/store/postgres/sql.js';
import { type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const errorOf = (work: Promise<unknown>) => work.then(() => undefined).catch((caught: unknown) => caught);

test('a connection that breaks in the middle of a transaction is an outage, whatever it is called', async () => {
  const error = await errorOf(
    rig.ctx.db.$transaction(async (tx) => {
      const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      await rig.query('SELECT pg_terminate_backend($1)', [own?.pid]);
      await sleep(300);
      await tx.$queryRaw`SELECT 1`;
    }),
  );
  expect(String(error)).toContain('not queryable');
  expect(isPostgresAway(error)).toBe(true);
});

test('a server that is away, or ends a session, is an outage; a database that is not there is a refusal', async () => {
  const nowhere = openDatabase(at({ port: '1' }), { connections: 1, statementTimeoutMs: 5_000 });
  for (const asked of [nowhere.$queryRaw`SELECT 1`, nowhere.$transaction((tx) => tx.$queryRaw`SELECT 1`)])
    expect(isPostgresAway(await errorOf(asked))).toBe(true);
  await nowhere.$disconnect();

  const ended = errorOf(rig.ctx.db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())::text`);
  expect(isPostgresAway(await ended)).toBe(true);

  const missing = openDatabase(at({ pathname: '/nowhere' }), { connections: 1, statementTimeoutMs: 5_000 });
  const error = await errorOf(missing.$queryRaw`SELECT 1`);
  expect([isPostgresAway(error), isPostgresRefused(error)]).toEqual([false, true]);
  await missing.$disconnect();
});

test.each(['ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN'])('%s, of a machine whose route is gone, is an outage', (code) => {
  const cause = Object.assign(new Error(`connect ${code} 10.0.0.1:5432`), { code });
  expect(isPostgresAway(new Error('the query failed', { cause }))).toBe(true);
});

test('an error that only has the words of an outage is none: whoever waited for it to pass would wait for ever', async () => {
  const words = 'terminated, not reachable, not queryable: ECONNRESET, 57P01, 08006, P1001, TooManyConnections, 28P01';
  const { db } = rig.ctx;
  const errors = [
    new Error(words),
    new Error('the file was terminated unexpectedly', { cause: new Error(`connection not reachable: ${words}`) }),
    await errorOf(db.$executeRaw(raw(`DO $$ BEGIN RAISE EXCEPTION '${words}'; END $$`))),
    await errorOf(db.$executeRaw`INSERT INTO suppressions (phone_number, reason, source) VALUES (1, '', ${words})`),
    await errorOf(
      db.$executeRaw`INSERT INTO intakes (id, run_id, source, generation) VALUES ('', ${words}, ${words}, 1)`,
    ),
    await errorOf(db.$queryRaw(raw(`SELECT ${'"terminated not reachable 57P01"'}`))),
    // As a program's own Prisma tells it.
    await errorOf(rig.prisma.$transaction((tx) => tx.account.create({ data: { name: 'default', portfolio: words } }))),
  ];
  for (const error of errors) {
    expect(error).toBeInstanceOf(Error);
    expect([isPostgresAway(error), isPostgresRefused(error)]).toEqual([false, false]);
  }
});

function at(change: { port?: string; pathname?: string }): string {
  return Object.assign(new URL(rig.databaseUrl), change).href;
}
