import { expect, test } from '@jest/globals';
import { type Asker, hashInTurn, hashPassword, isPassword, ofUser } from '../../../src/pipeline/people/passwords.js';

const from = (who: string): Asker => ({ who });
const here = from('here');

test('a password is known again by what is kept, and no other is', async () => {
  const password = 'nobody guesses this one';
  const [one, two] = [await hashPassword(password), await hashPassword(password)];
  expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(one).not.toBe(two);
  expect(await isPassword(password, one, here)).toBe(true);
  for (const wrong of ['', `${password}x`]) expect(await isPassword(wrong, one, here)).toBe(false);
  for (const hash of [undefined, 'scrypt$32768$8$3$$']) expect(await isPassword('', hash, here)).toBe(false);
});

/** Of a password that is told apart in no time: what is tried here is how guesses wait for each other. */
const cheap = 'scrypt$2$8$1$$';

test('many at a time wait for each other, and beyond that are told to try again', async () => {
  const asked = await Promise.allSettled(Array.from({ length: 40 }, (_, at) => isPassword('x', cheap, from(`${at}`))));
  const refused = asked.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(18);
  expect(refused[0]).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
  expect(await isPassword('x', cheap, here)).toBe(false);
});

test('one address that asks many times keeps nobody else out', async () => {
  const flood = Array.from({ length: 40 }, () => isPassword('x', cheap, from('one')));
  const other = isPassword('x', cheap, from('another'));
  const told = await Promise.allSettled(flood);
  expect(told.filter(({ status }) => status === 'rejected')).toHaveLength(37);
  expect(await other).toBe(false);
});

test('passwords that are set wait as those that are shown do', async () => {
  const set = Array.from({ length: 5 }, () => hashInTurn('nobody guesses these words', from('one')));
  const told = await Promise.allSettled(set);
  expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
});

test('a network that has many smaller ones keeps nobody else out', async () => {
  const flood = Array.from({ length: 20 }, (_, at) =>
    isPassword('x', cheap, { who: `2001:db8:1:${at}`, widely: '2001:db8:1::/48' }),
  );
  const other = isPassword('x', cheap, { who: '2001:db8:2:1', widely: '2001:db8:2::/48' });
  const told = await Promise.allSettled(flood);
  expect(told.filter(({ status }) => status === 'rejected')).toHaveLength(14);
  expect(await other).toBe(false);
});

test('however many strangers ask, a user who is known is answered, and before those who wait', async () => {
  const answered: string[] = [];
  const ask = (who: Asker) => isPassword('x', cheap, who).then(() => answered.push(who.who));
  const strangers = Array.from({ length: 30 }, (_, at) => ask(from(`${at}`)));
  const wira = Array.from({ length: 4 }, () => ask(ofUser('wira')));
  const told = await Promise.allSettled([...strangers, ...wira]);
  expect(told.filter(({ status }) => status === 'rejected')).toHaveLength(8 + 1);
  expect(answered.indexOf('user wira')).toBeLessThan(6);
  expect(answered.filter((who) => who === 'user wira')).toHaveLength(3);
});
