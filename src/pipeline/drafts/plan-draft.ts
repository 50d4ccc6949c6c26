import type { Context } from '../../context.js';
import { strictest } from '../../domain/approval/approval.js';
import { planSentence } from '../../domain/drafts/plan-sentence.js';
import { costText } from '../../domain/prices/describe-cost.js';
import { type Cost, costOf } from '../../domain/prices/prices.js';
import type { RunSettings } from '../../domain/runs/run.js';
import { labelOf, type Template } from '../../domain/templates/template.js';
import { approvalAboveOf } from '../../store/accounts.js';
import type { DraftRow } from '../../store/drafts/drafts.js';
import { forecastNewRun } from '../campaigns/forecast.js';
import { starterOf } from '../starter-of.js';
import { currentCheck, type KeptCheck } from './current-check.js';
import type { DraftCheck, DraftPlan } from './draft.js';
import { readableOf, runSettingsOf } from './draft-request.js';
import { requireDraft } from './view-draft.js';

/** With more people than this, whoever confirms a draft says how many there are. */
export const confirmAbove = 100;

/** What confirming a draft as it is would come to; `faults` says what stands in the way. @throws {NotFoundError} */
export async function planDraft(ctx: Context, id: string): Promise<DraftPlan> {
  const { plan } = await planOf(ctx, await requireDraft(ctx, id));
  return plan;
}

/**
 * The plan of a draft, with the settings of the run that it is the plan of: both from one reading of its template, so that what is told is
 * what is started. `settings` is `null` as long as something stands in the way.
 */
export async function planOf(ctx: Context, row: DraftRow): Promise<{ plan: DraftPlan; settings: RunSettings | null }> {
  const nobody = emptyPlan(row);
  const lacking = (faults: string[], people = 0) => ({ plan: { ...nobody, people, faults }, settings: null });
  if (row.state !== 'open') return lacking([`The draft is confirmed as run ${row.runId}.`]);
  const readable = await readableOf(ctx, row);
  if ('faults' in readable) return lacking(readable.faults);
  const { settings, faults } = await runSettingsOf(ctx, row, readable);
  const check = currentCheck(row, readable.template);
  if (!check) return lacking([...faults, 'The list is not checked as it is now.']);
  if (check.people === 0) faults.push('Nobody would be messaged.');
  // What is wrong with the settings makes no plan.
  if (faults.length > 0) return lacking(faults, check.people);
  const cost = costOfPeople(ctx, check, readable.template);
  const plan = { ...nobody, ...(await forecastOf(ctx, settings, check)), cost, costText: costText(cost) };
  return { plan: { ...plan, sentence: planSentence({ ...plan, template: labelOf(readable.template) }) }, settings };
}

function costOfPeople(
  { config: { prices } }: Context,
  { peopleByCallingCode }: KeptCheck,
  { category }: Template,
): Cost | null {
  const countByCallingCode = new Map(Object.entries(peopleByCallingCode));
  return prices ? costOf({ category, countByCallingCode }, prices) : null;
}

async function forecastOf(
  ctx: Context,
  settings: RunSettings,
  { rows, people }: DraftCheck,
): Promise<Omit<DraftPlan, 'version' | 'timeZone' | 'cost' | 'costText' | 'sentence' | 'confirmAbove' | 'faults'>> {
  const { files, firstStartAt, lastStartAt, tooLate } = await forecastNewRun(ctx, settings, people);
  const { dailyLimit } = settings.delivery;
  const above = strictest(starterOf(ctx, settings).approvalAbove, await approvalAboveOf(ctx.db, settings.account));
  return {
    ...{ people, batches: files, firstStartAt, lastStartAt, tooLate, leftOut: rows - people },
    limitShare: dailyLimit === null ? null : people / dailyLimit,
    approval: above !== undefined && (above === 0 || people > above),
  };
}

function emptyPlan({ version, settings }: DraftRow): DraftPlan {
  const timeZone = typeof settings.timeZone === 'string' ? settings.timeZone : 'UTC';
  return {
    ...{ version, people: 0, batches: 0, firstStartAt: null, lastStartAt: null, timeZone, limitShare: null },
    ...{ tooLate: 0, leftOut: 0, cost: null, costText: '', approval: false, sentence: '', confirmAbove, faults: [] },
  };
}
