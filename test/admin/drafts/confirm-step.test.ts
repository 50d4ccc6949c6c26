import { expect, test } from '@jest/globals';
import { confirmStep } from '../../../src/admin/drafts/confirm-step.js';
import type { Draft, DraftPlan } from '../../../src/pipeline/drafts/draft.js';

const plan = {
  ...{ version: 4, people: 3, batches: 1, firstStartAt: null, lastStartAt: null, timeZone: 'UTC', limitShare: null },
  ...{ tooLate: 0, leftOut: 0, cost: null, approval: false, sentence: '3 people', confirmAbove: 100, faults: [] },
} as unknown as DraftPlan;
const columns = ['phone_number'];
const draft = {
  ...{ id: 'x', template: { name: 'reminder', language: 'id', columns }, mapping: { phone_number: 'phone_number' } },
  ...{ check: { people: 3 }, checking: null, checkFault: null },
};
const shown = (source: object) => confirmStep({ ...draft, source } as unknown as Draft, plan).toString();

test('who confirms an audience is told that it is read again, and who confirms a file is not', () => {
  expect(shown({ kind: 'audience', name: 'members', columns })).toContain('members is read again');
  const file = shown({ kind: 'file', isComplete: true, columns });
  expect(file).toContain('Yes, send it to');
  expect(file).not.toContain('read again');
});

test('while something is in the way of it, nothing is told of a plan that there is not', () => {
  const given = { ...draft, source: { kind: 'file', isComplete: true, columns } } as unknown as Draft;
  const page = confirmStep(given, { ...plan, people: 48_212, sentence: '', faults: ['The start has passed.'] });
  expect(page.toString()).toContain('The start has passed.');
  expect(page.toString()).not.toMatch(/48,212|at once|<dl/);
  // One is wrong with its template or its start.
  for (const step of ['template', 'timing']) expect(page.toString()).toContain(`href="/drafts/x/${step}"`);
});
