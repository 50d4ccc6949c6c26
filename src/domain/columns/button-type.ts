import { showMasked } from '../numbers/mask-number.js';

/** Says of which kind the template's buttons are; it stands in Qiscus's own sample CSV. */
export const buttonTypeColumn = 'button_type';

/** Why it is none that Qiscus documents; empty where there is no button. */
export function buttonTypeFault(text: string): string | undefined {
  if (text === '' || text === 'call_to_action' || text === 'quick_reply') return undefined;
  return `${buttonTypeColumn} is ${showMasked(text)}; it is call_to_action, quick_reply or empty`;
}
