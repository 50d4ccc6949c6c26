import type { Draft } from '../../pipeline/drafts/draft.js';

/** The steps of a draft, in the order in which they are walked. The key is the end of its page's address. */
export const steps = [
  { key: 'recipients', name: 'Recipients' },
  { key: 'template', name: 'Template' },
  { key: 'columns', name: 'Columns' },
  { key: 'check', name: 'Check' },
  { key: 'preview', name: 'Preview and test' },
  { key: 'timing', name: 'When' },
  { key: 'confirm', name: 'Confirm' },
] as const;

export type StepKey = (typeof steps)[number]['key'];

export function draftPath(id: string, step?: StepKey): string {
  return step === undefined ? `/drafts/${id}` : `/drafts/${id}/${step}`;
}

/** What a step still needs before the broadcast can be confirmed, in a sentence; `null`: nothing. */
export function missingIn(draft: Draft, step: StepKey): string | null {
  switch (step) {
    case 'recipients':
      return sourceMissing(draft);
    case 'template':
      return draft.template ? null : 'Choose a template.';
    case 'columns':
      return columnsMissing(draft);
    case 'check':
      return checkMissing(draft);
    default:
      return null;
  }
}

/** The first step that needs something. */
export function firstMissing(draft: Draft): StepKey | undefined {
  return steps.find(({ key }) => missingIn(draft, key) !== null)?.key;
}

/** Where somebody who opens a draft goes on. */
export function currentStep(draft: Draft): StepKey {
  return firstMissing(draft) ?? 'confirm';
}

/** Whether the list can be read as the template needs it. */
export function canBeChecked(draft: Draft): boolean {
  return (['recipients', 'template', 'columns'] as const).every((step) => missingIn(draft, step) === null);
}

function sourceMissing({ source, checkFault }: Draft): string | null {
  if (source === null) return checkFault ?? 'Upload a list, or choose an audience.';
  if (source.kind === 'file' && !source.isComplete) return 'The upload of the list is not complete.';
  return null;
}

function columnsMissing({ source, template, mapping }: Draft): string | null {
  if (source === null || template === null) return 'Choose the list and the template first.';
  const unmapped = template.columns.filter((column) => (mapping[column] ?? null) === null);
  if (unmapped.length === 0) return null;
  return `Say which column of the list is for: ${unmapped.map(columnWords).join(', ')}.`;
}

function checkMissing(draft: Draft): string | null {
  if (!canBeChecked(draft)) return 'The list can be checked once its columns are known.';
  if (draft.checking) return 'The list is being checked.';
  if (draft.checkFault !== null) return draft.checkFault;
  if (draft.check === null) return 'The list is not checked yet.';
  return draft.check.people === 0 ? 'Nobody in the list would get a message.' : null;
}

/** A column of a template, for somebody who has only seen the message. */
export function columnWords(column: string): string {
  const [, body] = /^body_variable(\d+)$/.exec(column) ?? [];
  if (body !== undefined) return `{{${body}}} in the text`;
  const [, button, place] = /^button(\d+)_variable(\d+)$/.exec(column) ?? [];
  if (button !== undefined) return `{{${place}}} in the address of button ${button}`;
  return (
    { phone_number: 'Phone number', customer_name: 'Name of the customer', header_variable: 'Header' }[column] ?? column
  );
}
