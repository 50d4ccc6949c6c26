import { weekdays } from '../../domain/schedules/day-schedule.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import { type Html, html } from '../html/html.js';
import { weekdayWord } from '../html/words.js';
import { seenVersion } from './frame.js';
import { draftPath } from './steps.js';
import type { TimingForm } from './timing-fields.js';

/** The clocks of Indonesia, and how they are called there. */
const nearZones = [
  ['Asia/Jakarta', 'Jakarta (WIB)'],
  ['Asia/Makassar', 'Makassar (WITA)'],
  ['Asia/Jayapura', 'Jayapura (WIT)'],
] as const;
const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];

/** When it goes out, and how fast. @param form the settings as they are, or as they were written and refused */
export function timingStep(draft: Draft, form: TimingForm): Html {
  return html`<form class="question timing" method="post" action="${draftPath(draft.id, 'timing')}">${seenVersion(draft)}
<fieldset><legend>Start</legend>
<label class="check"><input type="radio" name="when" value="now"${form.when === 'now' && html` checked`}> At once, when it is confirmed</label>
<label class="check"><input type="radio" name="when" value="later" id="later"${form.when === 'later' && html` checked`}> On a day, at a time</label>
<div class="narrow">${field('date', 'Date', html`type="date"`, form.date)}${field('time', 'Time', html`type="time"`, form.time)}</div></fieldset>
<div class="field"><label for="timeZone">Time zone</label>${zoneSelect(draft, form.timeZone)}</div>
<fieldset><legend>Only at these hours <span class="faint">(empty: at any hour)</span></legend>
<div class="narrow">${field('from', 'From', html`type="time"`, form.from)}${field('until', 'Until', html`type="time"`, form.until)}</div>
<div class="days">${weekdays.map((day) => html`<label class="check"><input type="checkbox" name="days" value="${day}"${form.days.includes(day) && html` checked`}> ${weekdayWord(day)}</label>`)}</div>
<p class="hint">What doesn't fit into a day goes on the next one, at the same hours.</p></fieldset>
<fieldset><legend>Limits <span class="faint">(empty: none)</span></legend>
<div class="narrow">${field('pace', 'At most this many people', html`type="number" min="1"`, form.pace)}<div><label for="paceUnit">in any</label>${unitSelect(form.paceUnit)}</div></div>
${field('dailyLimit', "At most this many people a day, with the account's other broadcasts", html`type="number" min="1"`, form.dailyLimit)}
${field('first', 'This many people first; then it waits until you let it go on', html`type="number" min="1"`, form.first)}</fieldset>
<p class="buttons"><button class="primary">Save, and go on</button></p></form>`;
}

function field(name: string, label: string, kind: Html, value: string): Html {
  return html`<div><label for="${name}">${label}</label><input id="${name}" name="${name}" ${kind} value="${value}"></div>`;
}

function zoneSelect({ settings }: Draft, chosen: string): Html {
  const option = (zone: string, name: string) =>
    html`<option value="${zone}"${zone === chosen && html` selected`}>${name}</option>`;
  const near: readonly string[] = nearZones.map(([zone]) => zone);
  // A browser says better what its reader's clock is, as long as nobody has chosen one.
  return html`<select id="timeZone" name="timeZone"${settings.timeZone === undefined && html` data-own-zone`}>${nearZones.map(([zone, name]) => option(zone, name))}${[
    ...new Set([...zones, chosen]),
  ]
    .filter((zone) => !near.includes(zone) && zone !== '')
    .map((zone) => option(zone, zone.replaceAll('_', ' ')))}</select>`;
}

function unitSelect(chosen: string): Html {
  const units = new Map([
    ['1m', 'minute'],
    ['1h', 'hour'],
    ['1d', 'day'],
  ]);
  if (!units.has(chosen)) units.set(chosen, chosen);
  return html`<select id="paceUnit" name="paceUnit">${[...units].map(([unit, name]) => html`<option value="${unit}"${unit === chosen && html` selected`}>${name}</option>`)}</select>`;
}
