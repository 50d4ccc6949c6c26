import { expect, test } from '@jest/globals';
import { run } from '../../cli/siaran.js';
import { tryResults } from './trial.js';

/** The whole of it: npm run test:results. */
test('results are exact to the message, a resend reaches whom it should, and forgetting changes no count', async () => {
  expect(await tryResults({ recipients: 1_000, seed: 1, runCommand: run })).toEqual([]);
}, 240_000);
