import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openAudience } from '../../src/audience/open-audience.js';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { eventually } from '../support/rig.js';
import { collect, firing, means, readAudience, spec } from './audience.js';

let environment: Environment;

beforeEach(async () => {
  environment = await freshEnvironment();
});

/** Fails when a session is left open. */
afterEach(() => environment.drop());

function given(timeoutMs: number, signal?: AbortSignal) {
  return means({ databaseUrl: environment.audienceUrl, timeoutMs, ...(signal && { signal }) });
}

async function sessions(): Promise<{ state: string; query: string }[]> {
  return environment.query(`SELECT state, query FROM pg_stat_activity WHERE application_name = 'siaran audience'
    AND datname = current_database()`);
}

describe('the time that the database has for an audience', () => {
  it.each([
    "set_config('statement_timeout', '0', false)",
    "set_config('statement_timeout', '0', true)",
    "set_config('statement_timeout', '0', true), set_config('client_connection_check_interval', '0', true)",
  ])('is over for a query that lifts its own limit by %s', async (lift) => {
    // What is set with a row counts from the next fetch on.
    const query = `SELECT ${lift}, CASE WHEN n > 60 THEN pg_sleep(3600) END FROM generate_series(1, 100) AS n`;
    const { rows, error } = await readAudience(
      `sql:${query.replace('), set_config', ') AS a, set_config')}`,
      given(1_000),
    );
    expect(rows).toHaveLength(50);
    expect(error).toMatchObject({
      ...{ code: 'AUDIENCE', retryable: false },
      message: expect.stringMatching(/took longer than SIARAN_AUDIENCE_TIMEOUT, which is 1s/),
    });
    expect(await eventually(sessions, (left) => left.length === 0)).toEqual([]);
  });

  it('is that of all its rows together', async () => {
    const query = 'SELECT n, pg_sleep(0.0005) FROM (SELECT generate_series(1, 100000) AS n) AS s';
    const { rows, error } = await readAudience(`sql:${query}`, given(2_000));
    // A fetch takes half a second, so that each alone would have the time.
    expect(rows.length).toBeGreaterThan(50);
    expect(error).toMatchObject({ code: 'AUDIENCE', message: expect.stringContaining('SIARAN_AUDIENCE_TIMEOUT') });
    expect(await eventually(sessions, (left) => left.length === 0)).toEqual([]);
  });

  it('does not run while nobody asks for rows', async () => {
    const opened = await openAudience(spec('sql:SELECT generate_series(1, 2000) AS n'), given(1_000), firing);
    const reading = opened.rows[Symbol.asyncIterator]();
    await reading.next();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    let seen = 1;
    while (!(await reading.next()).done) seen += 1;
    expect(seen).toBe(2_000);
  });
});

describe('an audience that its asker gives up', () => {
  it('is ended on the server while it is at work', async () => {
    const asker = new AbortController();
    const opened = await openAudience(spec('sql:SELECT pg_sleep(3600)'), given(600_000, asker.signal), firing);
    const failed = expect(collect(opened.rows)).rejects.toThrow('was closed before all its rows were read');
    await eventually(sessions, ([session]) => session?.state === 'active');
    asker.abort();
    await failed;
    expect(await eventually(sessions, (left) => left.length === 0)).toEqual([]);
  });

  it('is not opened any more', async () => {
    const { error } = await readAudience('sql:SELECT 1', given(600_000, AbortSignal.abort(new Error('gone'))));
    expect(String(error)).toContain('gone');
    expect(await sessions()).toEqual([]);
  });
});
