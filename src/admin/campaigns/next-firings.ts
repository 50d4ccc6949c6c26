import type { Actor } from '../../config/admin-token.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { type Counting, type NextFiring, remaining } from '../../pipeline/campaigns/forecast.js';
import type { CampaignView } from '../../pipeline/campaigns/view-campaign.js';
import { mayChange } from '../access/roles.js';
import { type Html, html } from '../html/html.js';
import { firingsList, table } from '../html/parts.js';
import { count, forecastWords, recipients, time } from '../html/words.js';

/** What the next firings come to, once an audience is counted. */
export type ForetoldFirings = { counting: Counting; firings: readonly NextFiring[] };

/** When a campaign fires next, what it skips, and what its firings come to if that was asked. @param path the campaign's page. */
export function nextFirings(
  { campaign, path, foretold }: { campaign: CampaignView; path: string; foretold: ForetoldFirings | undefined },
  actor: Actor,
): Html {
  if (foretold) return html`${foretoldWords(foretold)}${skippedList(campaign)}`;
  const canCount = mayChange(actor) && campaign.status !== 'done';
  return html`${campaign.firesNext.length === 0 ? notFiring(campaign) : comingFirings(campaign)}${
    canCount &&
    html`<p class="buttons"><a class="button" href="${path}/audience">Count the audience</a></p><p class="hint">It reads the audience as a firing would, and shows how many recipients would be messaged and when. Nothing is sent.</p>`
  }`;
}

function notFiring({ status, calendarWarning }: CampaignView): Html {
  if (status === 'paused') return html`<p>Paused: it does not fire.</p>`;
  return html`<p${calendarWarning !== null && html` class="notice"`}>${calendarWarning ?? 'It will not fire again.'}</p>`;
}

function comingFirings(campaign: CampaignView): Html {
  const fires = campaign.firesNext.map((at) => ({ at, shown: shownAt(campaign, at) }));
  return html`${firingsList(fires, skippedOf(campaign))}${calendarNotice(campaign)}`;
}

function skippedList(campaign: CampaignView): Html {
  return html`${campaign.skipsNext.length > 0 && firingsList([], skippedOf(campaign))}${calendarNotice(campaign)}`;
}

function skippedOf(campaign: CampaignView) {
  return campaign.skipsNext.map(({ at, reason }) => ({ at, shown: shownAt(campaign, at), reason }));
}

function calendarNotice({ calendarWarning }: CampaignView): Html | false {
  return calendarWarning !== null && html`<p class="notice">${calendarWarning}</p>`;
}

/** By the campaign's own clock: the dates that it skips are those of its time zone. */
function shownAt({ timeZone, delivery }: CampaignView, at: string): string {
  return showInstant(at, timeZone ?? delivery.window?.timeZone ?? 'UTC');
}

function foretoldWords({ counting, firings }: ForetoldFirings): Html {
  if (firings.length === 0) return html`<p>It will not fire again.</p>`;
  if (firings[0]?.files === null)
    return html`<p>Its audience is a function of another program, and only that program can count it.</p>`;
  return html`<p>If its audience stays as it is: ${countingWords(counting)}.</p>${table(
    'Next firings',
    ['Fires', 'What it comes to'],
    firings.map((firing) => [time(firing.at), firing.files !== null && forecastWords(firing)]),
  )}`;
}

/** What the rows of an audience come to. */
export function countingWords(counting: Counting): Html {
  const { rejected, duplicates, suppressed } = counting;
  const aside = [
    duplicates > 0 && `${count(duplicates)} twice in it`,
    suppressed > 0 && `${count(suppressed)} suppressed`,
    rejected > 0 && `${count(rejected)} rows rejected`,
  ].filter((words) => words !== false);
  return html`<strong>${recipients(remaining(counting))}</strong>${aside.length > 0 && ` (${aside.join(', ')})`}`;
}
