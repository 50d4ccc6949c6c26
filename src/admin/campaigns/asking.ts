import type { Context } from '../../context.js';
import { formatAudience } from '../../domain/campaigns/audience.js';
import type { CampaignSettings } from '../../domain/campaigns/campaign.js';
import { settingWords, type WordedChange } from '../../domain/campaigns/setting-words.js';
import { labelOf } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import type { GoingRun } from '../../pipeline/campaigns/going-runs.js';
import { type CampaignView, viewCampaign } from '../../pipeline/campaigns/view-campaign.js';
import { listTemplates } from '../../pipeline/templates/list-templates.js';
import { type Html, html } from '../html/html.js';
import { table } from '../html/parts.js';
import { recipients, time } from '../html/words.js';
import { filledForm } from './fill-form.js';
import type { Choices } from './form-fields.js';
import { type WrittenCampaign, writtenSchedule } from './read-form.js';
import { type ForetoldSchedule, foretell } from './schedule-api.js';

const firingsForetold = 5;

/** What the form of a campaign offers to choose from. */
export async function choicesOf(ctx: Context): Promise<Choices> {
  const { templates } = await listTemplates(ctx);
  const audiences = [...ctx.config.namedAudiences.keys()].map((name) => formatAudience({ kind: 'named', name }));
  const { accounts, calendars } = ctx.config;
  return { accounts: [...accounts.keys()], templates, audiences, calendars: [...calendars.keys()] };
}

/** A campaign as the form shows it. */
export async function shownForm(
  ctx: Context,
  name: string,
  choices: Choices,
): Promise<{ campaign: CampaignView; form: WrittenCampaign }> {
  const campaign = await viewCampaign(ctx, name);
  return { campaign, form: filledForm(campaign, choices.templates) };
}

/** The next firings of what is written. @throws {UsageError} */
export function foretellWritten(ctx: Context, written: WrittenCampaign): ForetoldSchedule {
  const skips = written.when === 'once' ? {} : { skipDates: written.skipDates, calendar: written.calendar };
  const asked = { schedule: writtenSchedule(written), timeZone: written.timeZone.trim(), ...skips };
  return foretell(ctx, asked, firingsForetold, new Date());
}

/** Columns that nobody wrote are those of the template. */
export function withColumns(written: WrittenCampaign, { templates }: Choices): WrittenCampaign {
  if (written.columns.trim() !== '') return written;
  const found = templates.find((one) => labelOf(one) === written.template && one.account === written.account);
  return found ? { ...written, columns: found.columns.join(', ') } : written;
}

/** What came of reading, or the sentences of what is wrong. */
export async function orFaults<T>(work: () => T | Promise<T>): Promise<{ done: T } | { faults: string[] }> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { faults: error.message.split('\n').map((line) => line.trim()) };
  }
}

/** Each setting that changes: as it was, and as it will be. */
export function changesTable(changes: readonly WordedChange[], choices: Choices): Html {
  return table(
    'What changes',
    ['Setting', 'Was', 'Will be'],
    changes.map(({ what, was, is }) => [
      what,
      words(named(what, was, choices)),
      html`<strong>${words(named(what, is, choices))}</strong>`,
    ]),
  );
}

/** What a new campaign will be, but for what stays as usual. */
export function settingsTable(settings: CampaignSettings, choices: Choices): Html {
  const entries = Object.entries(settingWords(settings)).filter(([, text]) => text !== 'none' && text !== 'no');
  return table(
    'Its settings',
    ['Setting', 'Is'],
    entries.map(([what, text]) => [what, words(named(what, text, choices))]),
  );
}

/** A template's id says nothing to people. */
function named(what: string, text: string, { templates }: Choices): string {
  const found = what === 'Template' && templates.find(({ templateDetailId }) => String(templateDetailId) === text);
  return found ? `${labelOf(found)} (${text})` : text;
}

function words(text: string): Html {
  return html`<span class="words">${text}</span>`;
}

/** What goes out as it was decided before a change. */
export function goingList(runs: readonly GoingRun[]): Html | false {
  if (runs.length === 0) return false;
  return html`<p>These were fired before, and go out with the old settings:</p><ul>${runs.map(
    ({ runId, recipients: people, startsAt }) =>
      html`<li><a href="/runs/${runId}">${runId}</a>, ${recipients(people)}, ${startsAt === null ? 'at once' : html`starts ${time(startsAt)}`}</li>`,
  )}</ul><p><label class="check"><input type="checkbox" name="redo" value="yes"> Cancel what of them isn't handed over, and fire it anew with the new settings</label></p>`;
}
