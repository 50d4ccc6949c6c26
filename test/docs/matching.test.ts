import { describe, expect, test } from '@jest/globals';
import { Shown } from './matching.js';

describe('what a page shows', () => {
  const shown = 'Run rfh508y4e  2,488 enqueued\nstarts Tue 5 Jan 2027 09:00 WIB in 9m';

  test('may differ in ids, instants and durations, and an id stays the same', () => {
    const page = new Shown();
    page.compare(
      shown,
      'Run rabcdefgh 2,488 enqueued\nstarts Wed 15 Mar 2028 10:30 UTC in 10m\n'.replace('rabcdefgh ', 'rabcdefgh  '),
    );
    expect(page.inPlace('siaran run rfh508y4e')).toBe('siaran run rabcdefgh');
    expect(() => page.compare('Run rfh508y4e', 'Run rother123')).toThrow('rfh508y4e was rabcdefgh');
  });

  test('must not differ in anything else', () => {
    expect(() => new Shown().compare(shown, shown.replace('2,488', '2,489'))).toThrow('shown:');
    expect(() => new Shown().compare(shown, `${shown}\nmore`)).toThrow('(nothing more)');
    expect(() => new Shown().compare('{"a":1,"b":[{"c":null}]}', '{"a":1,"b":[{"c":0}]}')).toThrow('$.b.0.c');
    expect(() => new Shown().compare('{"a":1}', '{"a":1,"d":2}')).toThrow('has a,d');
    expect(() => new Shown().compare('{"job":5973354552}', '{"job":null}')).toThrow('shown:');
  });
});
