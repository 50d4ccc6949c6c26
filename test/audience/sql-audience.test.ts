import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OpenedAudience, openAudience } from '../../src/audience/open-audience.js';
import { AudienceError } from '../../src/errors.js';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { eventually } from '../support/rig.js';
import { collect, firing, means, measure, readAudience, spec } from './audience.js';

let environment: Environment;

beforeEach(async () => {
  environment = await freshEnvironment();
  await environment.query('CREATE TABLE customers (phone_number text, customer_name text)');
  await environment.query(`INSERT INTO customers VALUES ('6281527975868', 'Ani'), ('6281527975869', NULL)`);
});

/** Fails when a session is left open. */
afterEach(() => environment.drop());

function open(query: string, timeoutMs = 10_000): Promise<OpenedAudience> {
  const { audienceUrl: databaseUrl } = environment;
  return openAudience(spec(`sql:${query}`), means({ databaseUrl, timeoutMs }), firing);
}

function read(query: string, timeoutMs = 10_000) {
  return readAudience(`sql:${query}`, means({ databaseUrl: environment.audienceUrl, timeoutMs }));
}

async function sessions(): Promise<{ state: string; query: string }[]> {
  return environment.query(`SELECT state, query FROM pg_stat_activity WHERE application_name = 'siaran audience'
    AND datname = current_database()`);
}

describe('a query', () => {
  it('gives its columns and its rows, null where there is no value', async () => {
    const opened = await open('SELECT phone_number, customer_name FROM customers ORDER BY 1');
    expect(opened.columns).toEqual(['phone_number', 'customer_name']);
    expect(await collect(opened.rows)).toEqual([
      { phone_number: '6281527975868', customer_name: 'Ani' },
      { phone_number: '6281527975869', customer_name: null },
    ]);
  });

  it("gives every value as Postgres's own text, so that no digit is lost", async () => {
    const { rows } = await read(`SELECT 9223372036854775807::int8 AS big, 12345678901234567890.10::numeric AS amount,
      date '2026-12-01' AS day, true AS yes, '{"b":1,"a":[2]}'::jsonb AS doc, 1::int2 AS small, null::date AS none,
      '{1,2}'::int[] AS list, '\\x00ff'::bytea AS bytes, 0.1::float8 AS float`);
    expect(rows).toEqual([
      {
        big: '9223372036854775807',
        amount: '12345678901234567890.10',
        day: '2026-12-01',
        yes: 't',
        doc: '{"a": [2], "b": 1}',
        small: '1',
        none: null,
        list: '{1,2}',
        bytes: '\\x00ff',
        float: '0.1',
      },
    ]);
  });

  it.each([
    'VALUES (1);',
    'TABLE one;;',
    '-- the first\nSELECT 1 AS column1 -- and last',
    '/* a /* nested */ one */ SELECT 1 AS column1; -- and last',
    'WITH x AS (SELECT 1 AS column1) SELECT * FROM x\n;\n',
    '(SELECT 1 AS column1)',
  ])('may be written as %j', async (query) => {
    await environment.query('CREATE TABLE one AS SELECT 1 AS column1');
    expect(await read(query)).toEqual({ rows: [{ column1: '1' }], error: undefined });
  });

  it('without a row has its columns all the same', async () => {
    const opened = await open('SELECT phone_number FROM customers WHERE false');
    expect(opened.columns).toEqual(['phone_number']);
    expect(await collect(opened.rows)).toEqual([]);
  });

  it.each([999, 1_000, 1_001, 2_000])('of %i rows gives them all', async (count) => {
    const { rows } = await read(`SELECT generate_series(1, ${count}) AS n`);
    expect(rows).toHaveLength(count);
    expect(rows.at(-1)).toEqual({ n: String(count) });
  });

  it('is computed as its rows are asked for', async () => {
    const failing = 'SELECT 1 / (5000 - n) AS x FROM (SELECT generate_series(1, 100000) AS n) AS numbers';
    const opened = await open(failing);
    let seen = 0;
    for await (const _ of opened.rows) if (++seen === 3_999) break;
    expect(seen).toBe(3_999);
    const { rows, error } = await read(failing);
    expect(rows).toHaveLength(4_050);
    expect(error).toMatchObject({ code: 'AUDIENCE', message: expect.stringContaining('division by zero') });
  });

  it('of 100,000 rows and 200 MB is never held as a whole', async () => {
    const opened = await open(
      `SELECT n, repeat('x', 2000) AS filling FROM (SELECT generate_series(1, 100000) AS n) AS s`,
    );
    const { count, heldBytes } = await measure(opened.rows);
    expect(count).toBe(100_000);
    expect(heldBytes).toBeLessThan(20_000_000);
  });

  it('may be left waiting, whatever the database allows others', async () => {
    const { databaseUrl } = environment;
    await environment.query(`ALTER DATABASE ${new URL(databaseUrl).pathname.slice(1)}
      SET idle_in_transaction_session_timeout = 100`);
    const opened = await open('SELECT generate_series(1, 3000) AS n');
    let seen = 0;
    for await (const _ of opened.rows) {
      seen += 1;
      if (seen === 1_000) await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(seen).toBe(3_000);
  });
});

describe('a query that is no single SELECT is refused, and changes nothing', () => {
  it.each([
    ["INSERT INTO customers VALUES ('1', 'x') RETURNING *", /no single SELECT.*at or near "INSERT"/],
    ['DELETE FROM customers RETURNING phone_number', /no single SELECT.*at or near "DELETE"/],
    ['SELECT 1; DELETE FROM customers', /more than one statement/],
    ['SELECT 1; COMMIT; DELETE FROM customers', /more than one statement/],
    ['WITH x AS (DELETE FROM customers RETURNING *) SELECT * FROM x', /changes no data, in its WITH neither/],
    ['WITH x AS (SELECT 1)\nDELETE FROM customers', /at or near "DELETE" \(line 2 of the query\)/],
    ['SELECT * INTO copy FROM customers', /no single SELECT/],
    ['SELECT * FROM customers FOR UPDATE', /changes no data.*FOR UPDATE/],
    ['SELECT forget()', /changes no data.*DELETE/],
    ["SELECT set_config('transaction_read_only', 'off', true), forget()", /must be set before any query/],
    ['COMMIT', /no single SELECT/],
    ['EXPLAIN SELECT 1', /no single SELECT/],
    ['SELECT $1', /parameters/],
    ['-- nothing', /no single SELECT.*end of input/],
    ['SELECT phone_numbr FROM customers', /"phone_numbr" does not exist \(Perhaps.*phone_number/],
    ['SELECT 1 AS a, 2 AS a, 3 AS b', /names "a" more than once/],
  ])('%j', async (query, message) => {
    await environment.query(`CREATE FUNCTION forget() RETURNS int LANGUAGE sql AS 'DELETE FROM customers RETURNING 1'`);
    const { rows, error } = await read(query);
    expect(rows).toEqual([]);
    expect(error).toBeInstanceOf(AudienceError);
    expect(error).toMatchObject({ message: expect.stringMatching(message), retryable: false });
    expect(await environment.query('SELECT count(*)::int AS left FROM customers')).toEqual([{ left: 2 }]);
    expect(await environment.query(`SELECT to_regclass('copy') AS copy`)).toEqual([{ copy: null }]);
  });
});

describe('a query that fails', () => {
  it('for the time that it takes says how much it may take', async () => {
    const { error } = await read('SELECT pg_sleep(60)', 1_000);
    expect(error).toBeInstanceOf(AudienceError);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^The audience "sql:SELECT pg_sleep\(60\)" failed: .*; SIARAN_AUDIENCE_TIMEOUT is 1s\.$/,
      ),
      cause: { code: '57014' },
    });
  });

  it('on a value shows no phone number of it', async () => {
    const { error } = await read("SELECT (phone_number || ': 0815-2797-5868')::int FROM customers");
    expect(String(error)).toMatch(/value "6281\*+68: 0815-\*+-\*+68"/);
    expect(String(error)).not.toMatch(/27975868|2797-5868/);
  });

  it('as its session is ended says so, and that it may be tried again', async () => {
    const opened = await open('SELECT generate_series(1, 100000) AS n');
    const reading = (async () => {
      for await (const row of opened.rows) {
        if ((row as { n: string }).n !== '1') continue;
        await environment.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'siaran audience' AND datname = current_database()`);
        await eventually(sessions, (left) => left.length === 0);
      }
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'AUDIENCE',
      retryable: true,
      message: expect.stringContaining('terminating connection due to administrator command'),
    });
  });

  it('for want of a database says which, without the password', async () => {
    const { error } = await readAudience('sql:SELECT 1', means({}));
    expect(error).toMatchObject({
      code: 'AUDIENCE',
      retryable: true,
      message: expect.stringMatching(/127\.0\.0\.1:1\/crm can't be used: .*ECONNREFUSED.*SIARAN_AUDIENCE_DATABASE_URL/),
    });
    expect(String(error)).not.toContain('hunter22');
    const missing = Object.assign(new URL(environment.databaseUrl), { pathname: '/missing', password: 'missing' }).href;
    const { error: other } = await readAudience('sql:SELECT 1', means({ databaseUrl: missing }));
    expect(other).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/database "\*\*\*" does not exist/),
      cause: { code: '3D000' },
    });
  });
});

describe('a query that is left early leaves no session behind', () => {
  it('when the loop is left', async () => {
    const opened = await open('SELECT generate_series(1, 100000) AS n');
    for await (const row of opened.rows) {
      expect(await sessions()).toEqual([{ state: 'idle in transaction', query: 'FETCH 50 FROM siaran_audience' }]);
      expect(row).toEqual({ n: '1' });
      break;
    }
    await eventually(sessions, (left) => left.length === 0);
  });

  it('when it is closed unread, and again', async () => {
    const opened = await open('SELECT 1 AS n');
    await opened.close();
    await opened.close();
    await eventually(sessions, (left) => left.length === 0);
    await expect(collect(opened.rows)).rejects.toThrow('was closed before all its rows were read');
  });

  it('when it is closed between two rows, which ends the loop with an error', async () => {
    const opened = await open('SELECT generate_series(1, 100000) AS n');
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const row of opened.rows) {
        seen.push(row);
        await opened.close();
      }
    })();
    await expect(reading).rejects.toThrow('was closed before all its rows were read');
    expect(seen).toEqual([{ n: '1' }]);
  });

  it('when it is closed while the database is at work', async () => {
    const opened = await open('SELECT pg_sleep(50)', 60_000);
    const reading = collect(opened.rows);
    const failed = expect(reading).rejects.toThrow('was closed before all its rows were read');
    await eventually(sessions, ([session]) => session?.state === 'active');
    await opened.close();
    await failed;
    await eventually(sessions, (left) => left.length === 0, 5_000);
  });
});
