import { createHash } from 'node:crypto';
import type { Template } from '../../domain/templates/template.js';
import type { DraftRow } from '../../store/drafts/drafts.js';
import type { DraftCheck } from './draft.js';

/** What a check has found, as it is kept. */
export type KeptCheck = DraftCheck & {
  /** The template that the list was read for, as it was then. */
  ofTemplate: string;
  /** How many people each calling code has. */
  peopleByCallingCode: Record<string, number>;
};

/**
 * What the list of a draft came to when it was read, as long as its template is as it was then: a list that was read for other texts or
 * columns tells nothing of what is sent now. A change of the draft itself removes what a check has found.
 */
export function currentCheck({ checked }: Pick<DraftRow, 'checked'>, template: Template | undefined): KeptCheck | null {
  const check = checked as (Omit<KeptCheck, 'checkedAt'> & { checkedAt: string }) | null;
  if (!check || !template || check.ofTemplate !== templateState(template)) return null;
  return { ...check, checkedAt: new Date(check.checkedAt) };
}

/** Another text as soon as anything of a template has changed that a recipient or a list would notice. */
export function templateState(template: Template): string {
  const { account, templateDetailId, name, language, channelId, namespace, columns } = template;
  const { header, body, footer, buttons } = template;
  const told = [
    account,
    templateDetailId,
    name,
    language,
    channelId,
    namespace,
    columns,
    header,
    body,
    footer,
    buttons,
  ];
  return createHash('sha256').update(JSON.stringify(told)).digest('base64url');
}
