import { expect, test } from '@jest/globals';
import { Client } from 'pg';
import { faultOfVersion, refuseOldPostgres } from '../../../src/store/postgres/version.js';

// tools/databases tries the real ones.
test.each([
  ['14.23 (Debian 14.23-1)', 140_023, /14\.23.*needs 16 or newer/],
  ['15.18', 150_018, /15\.18.*needs 16 or newer/],
])('Postgres %s is too old', (version, versionNumber, words) => {
  expect(faultOfVersion({ version, versionNumber })).toMatch(words);
});

test.each([
  ['16.0', 160_000],
  ['18.4', 180_004],
  ['19beta1', 190_000],
])('Postgres %s will do', (version, versionNumber) => {
  expect(faultOfVersion({ version, versionNumber })).toBeUndefined();
});

test('that of these tests is asked, and will do', async () => {
  const client = new Client({ connectionString: process.env.SIARAN_TEST_POSTGRES });
  await client.connect();
  try {
    await refuseOldPostgres(client);
  } finally {
    await client.end();
  }
});
