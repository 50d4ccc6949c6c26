import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isPostgresAway } from '../../src/store/database.js';
import { type Rig, startRig } from '../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('a connection that breaks in the middle of a transaction is an outage, whatever it is called', async () => {
  const broken = rig.ctx.db.$transaction(async (tx) => {
    const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await rig.query('SELECT pg_terminate_backend($1)', [own?.pid]);
    await sleep(300);
    await tx.$queryRaw`SELECT 1`;
  });
  const error = await broken.catch((caught: unknown) => caught);
  expect(String(error)).toContain('not queryable');
  expect(isPostgresAway(error)).toBe(true);
});
