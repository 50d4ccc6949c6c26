import { describe, expect, it } from '@jest/globals';
import { assertColumns, checkAudience } from '../../src/audience/check-audience.js';
import { type AudienceFunction, openAudience } from '../../src/audience/open-audience.js';
import { AudienceError, UsageError } from '../../src/errors.js';
import { collect, firing, means, readAudience, spec } from './audience.js';

const columns = ['phone_number', 'customer_name'];

describe('a function', () => {
  const rows = [{ phone_number: '0815' }, { phone_number: '0816' }];
  const read = (give: AudienceFunction) => readAudience('function:due', means({ functions: { due: give } }));

  it.each<[string, AudienceFunction]>([
    ['an array', () => rows],
    ['a promise of an array', async () => rows],
    [
      'a generator',
      function* () {
        yield* rows;
      },
    ],
    [
      'an async generator',
      async function* () {
        yield* rows;
      },
    ],
  ])('may give %s', async (_, give) => {
    expect(await read(give)).toEqual({ rows, error: undefined });
  });

  it('is told which firing asks, and its columns are not known', async () => {
    let asked: unknown;
    const due: AudienceFunction = (given) => {
      asked = given;
      return rows;
    };
    const opened = await openAudience(spec('function:due'), means({ functions: { due } }), firing);
    expect(asked).toEqual(firing);
    expect(opened.columns).toBeUndefined();
    expect(() => assertColumns(opened, columns)).not.toThrow();
    await opened.close();
  });

  it('is asked for a row only when one is wanted, and tidies up when the loop is left', async () => {
    let [given, tidied] = [0, false];
    const due: AudienceFunction = async function* () {
      try {
        for (; given < 100_000; given += 1) yield { phone_number: String(given) };
      } finally {
        tidied = true;
      }
    };
    const opened = await openAudience(spec('function:due'), means({ functions: { due } }), firing);
    let seen = 0;
    for await (const _ of opened.rows) if (++seen === 5) break;
    expect(given).toBeLessThan(6);
    expect(tidied).toBe(true);
  });

  it('that is closed unread gives no row any more', async () => {
    const opened = await openAudience(spec('function:due'), means({ functions: { due: () => rows } }), firing);
    await opened.close();
    await expect(collect(opened.rows)).rejects.toThrow('was closed before all its rows were read');
    const none = await openAudience(spec('function:due'), means({ functions: { due: () => [] } }), firing);
    await none.close();
    await expect(collect(none.rows)).rejects.toThrow('was closed before all its rows were read');
  });

  it('tidies up when it is closed between two rows, and is not waited for when it is busy', async () => {
    let tidied = false;
    const due: AudienceFunction = async function* () {
      try {
        yield 1;
        await new Promise(() => {});
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 50));
        tidied = true;
      }
    };
    const between = await openAudience(spec('function:due'), means({ functions: { due } }), firing);
    const reading = (async () => {
      for await (const _ of between.rows) {
        await between.close();
        expect(tidied).toBe(true);
      }
    })();
    await expect(reading).rejects.toThrow('was closed before all its rows were read');
    const busy = await openAudience(spec('function:due'), means({ functions: { due } }), firing);
    const iterator = busy.rows[Symbol.asyncIterator]();
    await iterator.next();
    void iterator.next();
    await busy.close();
  });

  it.each<[string, AudienceFunction, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no customer +62 815-2797-5868.');
      },
      /"function:due" failed: no customer \+62 81\S+68\.$/,
    ],
    ['rejects', () => Promise.reject(new Error('boom')), /failed: boom\.$/],
    [
      'throws no error',
      () => {
        throw 'no';
      },
      /failed: no\.$/,
    ],
    ['gives nothing', (() => undefined) as unknown as AudienceFunction, /must return an array.*not undefined/],
    ['gives null', (async () => null) as unknown as AudienceFunction, /must return an array.*not null/],
    ['gives a text', () => '0815', /must return an array.*not string/],
  ])('that %s is an audience error', async (_, give, message) => {
    const { error } = await read(give);
    expect(error).toBeInstanceOf(AudienceError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(String(error)).not.toMatch(/2797/);
  });

  it('that throws half-way is an audience error with its cause, after what it gave', async () => {
    const cause = new Error('the cursor of 6281527975868 is gone');
    const { rows: seen, error } = await read(function* () {
      yield* rows;
      throw cause;
    });
    expect(seen).toEqual(rows);
    expect(error).toBeInstanceOf(AudienceError);
    expect(error).toMatchObject({
      message: 'The audience "function:due" failed: the cursor of 6281*******68 is gone.',
      cause,
    });
  });

  it('that is not registered is an audience error that names those that are', async () => {
    const { error } = await readAudience('function:other', means({ functions: { due: () => [], vip: () => [] } }));
    expect(error).toBeInstanceOf(AudienceError);
    expect(String(error)).toMatch(/"function:other" failed: no function of this name .* there are "due", "vip"\./);
  });

  it('of a campaign that is added is checked by its name only', async () => {
    await checkAudience(spec('function:not-here'), columns, means({}));
    const long = { kind: 'function', name: 'x'.repeat(201) } as const;
    await expect(checkAudience(long, columns, means({}))).rejects.toThrow(/name of 201 characters; write 1 to 200/);
    await expect(checkAudience({ ...long, name: ' ' }, columns, means({}))).rejects.toThrow(UsageError);
  });
});
