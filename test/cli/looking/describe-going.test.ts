import { expect, test } from '@jest/globals';
import { beingReadOf, describeGoing } from '../../../src/cli/campaign/campaign-edit.js';

const firing = { at: '2026-12-01T09:00:00.000Z', reason: null, version: 1, replacedRuns: [] };

test('a run whose audience is being read is not said to have no recipients', () => {
  const beingRead = beingReadOf({
    firings: [
      { ...firing, status: 'preparing', runId: 'r1' },
      { ...firing, status: 'prepared', runId: 'r2' },
      { ...firing, status: 'skipped', runId: null },
    ],
  });
  const going = { recipients: 0, startsAt: null };
  const [first, second] = describeGoing(
    [
      { ...going, runId: 'r1' },
      { ...going, runId: 'r2' },
    ],
    'UTC',
    beingRead,
  ).split('\n');
  expect(first).toContain('its audience is being read');
  expect(second).toContain('0 recipients');
});
