import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkAudience } from '../../src/audience/check-audience.js';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { means, nowhere, spec } from './audience.js';

let environment: Environment;

beforeEach(async () => {
  environment = await freshEnvironment();
  await environment.query('CREATE TABLE customers (phone_number text, customer_name text)');
  await environment.query(`INSERT INTO customers VALUES ('6281527975868', 'Ani'), ('6281527975869', NULL)`);
});

/** Fails when a session is left open. */
afterEach(() => environment.drop());

describe('a query of a campaign that is added', () => {
  const columns = ['phone_number', 'customer_name'];
  const check = (query: string, databaseUrl = environment.audienceUrl) =>
    checkAudience(spec(`sql:${query}`), columns, means({ databaseUrl, timeoutMs: 1_000 }));

  it('is not run for its rows', async () => {
    await check('SELECT customer_name, phone_number, FROM customers'.replace(', FROM', ' FROM'));
    await check('SELECT phone_number, pg_sleep(60)::text AS customer_name FROM customers');
  });

  it.each([
    ['DELETE FROM customers', /at or near "DELETE"/],
    ['SELEC phone_number', /at or near "SELEC"/],
    ['SELECT phone_number FROM customer', /relation "customer" does not exist/],
    ['SELECT phone_number, 1 AS age FROM customers', /lacks "customer_name" and has "age" besides/],
  ])('is refused with what is wrong and what would be right: %j', async (query, message) => {
    const refused = check(query);
    await expect(refused).rejects.toMatchObject({ name: 'UsageError', message: expect.stringMatching(message) });
    await expect(refused).rejects.toThrow('For example sql:SELECT phone_number, customer_name FROM customers');
  });

  it('is refused where the database is out of reach, without the password', async () => {
    const refused = check('SELECT 1', nowhere);
    await expect(refused).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('ECONNREFUSED') });
    await expect(refused).rejects.not.toThrow('hunter22');
  });
});
