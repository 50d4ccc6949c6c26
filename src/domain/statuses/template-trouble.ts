import { meaningOf } from './failure-meanings.js';

/** Of fewer messages that were told of, their failures prove nothing. */
export const toldAtLeast = 100;

/** More failures than this share of the messages that were told of, all for one reason, and the rest isn't worth sending. */
export const mostForOneReason = 0.5;

/** Messages of a run that failed for one reason, `null` if no code was told; `told` of all that were told of. */
export type TemplateTrouble = { code: number | null; failed: number; told: number };

/** Why the run is held, in words. */
export function templateReason({ code, failed, told }: TemplateTrouble): string {
  const reason = code === null ? 'without a code' : `with ${code}`;
  const meaning = meaningOf(code)?.meaning ?? 'siaran export has the words of the provider.';
  const count = (value: number) => value.toLocaleString('en-US');
  return `${count(failed)} of the ${count(told)} messages told of have failed ${reason}: ${meaning}`;
}
