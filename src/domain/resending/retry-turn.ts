import { mostForOneReason, type TemplateTrouble, templateReason, toldAtLeast } from '../statuses/template-trouble.js';
import { heldBackMs } from './resend.js';
import type { RetryAfterFailure } from './retry-after-failure.js';

/** What the keys of runs begin with that workers send again by themselves. */
export const retryKeyPrefix = 'retry:';

/** The key of the run that a turn makes: a family has one run for each turn, whoever takes it. */
export function turnKey(rootId: string, turn: number): string {
  return `${retryKeyPrefix}${rootId}:${turn}`;
}

/**
 * When the turn comes. Those whom WhatsApp had held back by its time are waited for, until they may be sent to again.
 * @param heldBackAt when the last of them was, of those until that time.
 */
export function turnAt(lastStart: Date, { afterMs }: RetryAfterFailure, heldBackAt: Date | null): Date {
  return new Date(Math.max(lastStart.getTime() + afterMs, heldBackAt === null ? 0 : heldBackAt.getTime() + heldBackMs));
}

/** Why a run isn't sent again by itself, ever. `undefined`: nothing speaks against it. */
export function whyOver(run: { cancelledAt: Date | null; purgedAt: Date | null }): string | undefined {
  if (run.cancelledAt) return 'the run was cancelled';
  if (run.purgedAt) return 'the run was purged, and its recipients with it';
  return undefined;
}

/** Why its turn isn't taken although it has come: what it would send would fail as well. */
export function whyHopeless(
  { codes }: RetryAfterFailure,
  { isTemplateOut, mainFailure }: { isTemplateOut: boolean; mainFailure: TemplateTrouble | null },
): string | undefined {
  if (isTemplateOut) return 'WhatsApp has paused its template, or switched it off (132015, 132016)';
  if (mainFailure === null || (mainFailure.code !== null && codes.includes(mainFailure.code))) return undefined;
  const { failed, told } = mainFailure;
  const isMost = told >= toldAtLeast && failed > mostForOneReason * told;
  return isMost ? `most of its messages failed for another reason: ${templateReason(mainFailure)}` : undefined;
}
