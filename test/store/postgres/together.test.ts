import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Grouping, Together } from '../../../src/store/postgres/together.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
let groups: number[][];
beforeAll(async () => {
  rig = await startRig();
});
beforeEach(() => {
  groups = [];
});
afterAll(() => rig.close());

/** Divides 1,000 by each number: Postgres refuses 0. At 7 its connection breaks, and 13 has no result. */
function dividing(grouping: Partial<Grouping<number>> = {}): Together<number, number> {
  return new Together(async (numbers) => {
    groups.push([...numbers]);
    const rows = await rig.ctx.db.$queryRaw<{ result: number }[]>`
      SELECT 1000 / n AS result, CASE n WHEN 7 THEN pg_terminate_backend(pg_backend_pid()) END
      FROM unnest(${[...numbers]}::int[]) WITH ORDINALITY AS asked(n, place) WHERE n <> 13 ORDER BY place`;
    return rows.map(({ result }) => result);
  }, grouping);
}

async function divideAll(numbers: readonly number[], together = dividing()): Promise<(number | string)[]> {
  const results = await Promise.allSettled(numbers.map((number) => together.do(number)));
  return results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).message));
}

test('what is asked for at the same time is done in one go, and each has its own result', async () => {
  expect(await divideAll([1, 2, 4])).toEqual([1_000, 500, 250]);
  expect(groups).toEqual([[1, 2, 4]]);
});

test('of a group that Postgres refuses, each is tried alone, and fails alone', async () => {
  expect(await divideAll([1, 0, 4])).toEqual([1_000, 'division by zero', 250]);
  expect(groups).toEqual([[1, 0, 4], [1], [0], [4]]);
});

test('a group whose connection broke is not tried again: nobody knows what was done', async () => {
  const results = await divideAll([1, 7, 4]);
  expect(results).toEqual(Array(3).fill(expect.stringMatching(/terminat/)));
  expect(groups).toEqual([[1, 7, 4]]);
});

test('fewer results than were asked for are given to nobody', async () => {
  const results = await divideAll([1, 13, 4]);
  expect(results).toEqual(Array(3).fill('3 were asked for together, and 2 came back'));
  expect(groups).toEqual([[1, 13, 4]]);
});

test('beside a group another one goes only if it is full', async () => {
  let [atWork, most] = [0, 0];
  let goOn = () => {};
  const open = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const together = new Together<number, number>(
    async (numbers) => {
      groups.push([...numbers]);
      atWork += 1;
      most = Math.max(most, atWork);
      await open;
      atWork -= 1;
      return numbers;
    },
    { most: 2, atOnce: 2 },
  );
  const all = [1, 2, 3, 4, 5, 6, 7].map((number) => together.do(number));
  await eventually(
    async () => groups.length,
    (length) => length === 2,
  );
  const late = new Promise((resolve) => setImmediate(resolve));
  await late;
  expect(groups).toEqual([
    [1, 2],
    [3, 4],
  ]);
  goOn();
  expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(groups.map(({ length }) => length)).toEqual([2, 2, 2, 1]);
  expect(most).toBe(2);
});

test('a group weighs no more than it may, and one of another kind waits for its own', async () => {
  const together = dividing({ most: 10, weigh: (n) => n, kindOf: (n) => (n % 2 === 0 ? 'even' : 'odd') });
  await divideAll([4, 5, 8, 2, 3, 20, 1], together);
  expect(groups).toEqual([[4, 2], [5, 3, 1], [8], [20]]);
});
