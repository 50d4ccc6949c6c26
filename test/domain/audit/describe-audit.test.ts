import { expect, test } from '@jest/globals';
import { describeAudit } from '../../../src/domain/audit/describe-audit.js';

const unnamed = { name: null, people: null };
const entry = { actor: 'ada', actorKind: 'user', status: 200 } as const;

test('a test send says whether a template, a row of a run or a row of a draft was sent', () => {
  const told = (
    action: string,
    target: string,
    subject = unnamed as Parameters<typeof describeAudit>[1],
    detail: object = { row: 2 },
  ) => describeAudit({ ...entry, action, target, detail }, subject);
  // The command line says which row of a draft it was.
  expect(told('test send', 'd5k2')).toBe('ada sent a row of draft "d5k2" to themselves as a test');
  expect(told('test send', 'reminder:id', unnamed, {})).toBe('ada sent a test of template "reminder:id"');
  for (const request of ['POST /api/v1/drafts/:draftId/test-send', 'POST /drafts/:draftId/test-send'])
    expect(told(request, 'd5k2')).toBe('ada sent a row of draft "d5k2" to themselves as a test');
  expect(told('POST /api/v1/runs/:runId/test-send', 'r1', { name: 'December', people: 2 })).toBe(
    'ada sent a row of run "December" (r1, 2 people) to themselves as a test',
  );
});
