import { expect, test } from '@jest/globals';
import { hashInTurn, hashPassword, isPassword } from '../../../src/pipeline/people/passwords.js';

test('a password is known again by what is kept, and no other is', async () => {
  const password = 'nobody guesses this one';
  const [one, two] = [await hashPassword(password), await hashPassword(password)];
  expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(one).not.toBe(two);
  expect(await isPassword(password, one, 'here')).toBe(true);
  for (const wrong of ['', `${password}x`]) expect(await isPassword(wrong, one, 'here')).toBe(false);
  for (const hash of [undefined, 'scrypt$32768$8$3$$']) expect(await isPassword('', hash, 'here')).toBe(false);
});

/** Of a password that is told apart in no time: what is tried here is how guesses wait for each other. */
const cheap = 'scrypt$2$8$1$$';

test('many at a time wait for each other, and beyond that are told to try again', async () => {
  const asked = await Promise.allSettled(Array.from({ length: 40 }, (_, at) => isPassword('x', cheap, `from ${at}`)));
  const refused = asked.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(18);
  expect(refused[0]).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
  expect(await isPassword('x', cheap, 'here')).toBe(false);
});

test('one address that asks many times keeps nobody else out', async () => {
  const flood = Array.from({ length: 40 }, () => isPassword('x', cheap, 'one'));
  const other = isPassword('x', cheap, 'another');
  const told = await Promise.allSettled(flood);
  expect(told.filter(({ status }) => status === 'rejected')).toHaveLength(37);
  expect(await other).toBe(false);
});

test('passwords that are set wait as those that are shown do', async () => {
  const set = Array.from({ length: 5 }, () => hashInTurn('nobody guesses these words', 'one'));
  const told = await Promise.allSettled(set);
  expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
});
