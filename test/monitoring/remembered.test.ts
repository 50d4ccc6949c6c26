import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { within } from '../../src/domain/timing/within.js';
import { remembered } from '../../src/monitoring/remembered.js';

test('however many want an answer at once, it is asked for once, and again when it is no longer fresh', async () => {
  let asked = 0;
  const ask = remembered(50, async () => {
    asked += 1;
    await sleep(20);
    return asked;
  });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(await ask()).toBe(1);
  await sleep(80);
  expect(await Promise.all([ask(), ask()])).toEqual([2, 2]);
});

test('an answer that does not come is not asked for again beside it', async () => {
  let asked = 0;
  const ask = remembered(1, () => {
    asked += 1;
    return new Promise<never>(() => {});
  });
  for (let turn = 0; turn < 3; turn += 1) await expect(within(10, ask())).rejects.toThrow('no answer within 10 ms');
  expect(asked).toBe(1);
});

test('a failure is remembered as briefly as an answer', async () => {
  let asked = 0;
  const ask = remembered(30, async () => {
    asked += 1;
    if (asked === 1) throw new Error('away');
    return 'there';
  });
  await expect(ask()).rejects.toThrow('away');
  await expect(ask()).rejects.toThrow('away');
  await sleep(50);
  expect(await ask()).toBe('there');
});
