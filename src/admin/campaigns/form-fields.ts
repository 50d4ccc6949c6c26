import { valuePolicies } from '../../domain/recipients/value.js';
import { weekdayNames } from '../../domain/schedules/day-schedule.js';
import { isUnapproved, labelOf, type Template } from '../../domain/templates/template.js';
import { type Content, type Html, html } from '../html/html.js';
import { firingsList } from '../html/parts.js';
import { weekdayWord } from '../html/words.js';
import type { WrittenCampaign } from './read-form.js';
import type { ForetoldSchedule } from './schedule-api.js';
import { templateDetails } from './template-details.js';

/** What the form offers to choose from. */
export type Choices = {
  accounts: readonly string[];
  templates: readonly Template[];
  audiences: readonly string[];
  calendars: readonly string[];
};

/** What the form is about, and what it is shown with. */
export type FormAbout = {
  /** Where its buttons lead; what asks before it is saved stands below `ask`. */
  path: string;
  back: string;
  /** The version that is changed; absent: a campaign is added. */
  version?: number;
  foretold?: ForetoldSchedule | undefined;
  /** What the audience looks like, once somebody has looked. */
  look?: Html | undefined;
  faults?: readonly string[];
};

/** The form of a campaign. Without scripts, a button shows the next firings. */
export function campaignForm(written: WrittenCampaign, choices: Choices, about: FormAbout): Html {
  const { path, back, version, foretold, faults = [] } = about;
  const chosen = choices.templates.find((one) => labelOf(one) === written.template && one.account === written.account);
  return html`<form class="making" id="campaign-form" method="post" action="${path}/ask">
${faults.length > 0 && html`<div class="notice refused" id="faults" role="alert"><p>Nothing was changed.</p><ul>${faults.map((fault) => html`<li>${fault}</li>`)}</ul></div>`}
${version !== undefined && html`<input type="hidden" name="seenVersion" value="${version}">`}
<section aria-labelledby="what-heading"><h2 id="what-heading">What and to whom</h2>
${version === undefined && field('name', 'Name', written.name, { hint: 'People at Qiscus see it, too.', required: true })}
${choices.accounts.length > 1 ? select('account', 'Account', written.account, withChosen(choices.accounts, written.account)) : html`<input type="hidden" name="account" value="${written.account}">`}
${templateFields(written, choices)}${chosen && templateDetails(chosen)}
${field('audience', 'Audience', written.audience, {
  hint: 'named:NAME, of those that the configuration names, or function:NAME of a program.',
  list: choices.audiences,
  required: true,
})}
${select('delivery', 'Delivery', written.delivery, ['bulk', 'individual'], { bulk: 'as broadcasts, from files', individual: 'each as a message of its own' })}
${select('force', 'More than 10,000 messages of their own', written.force, ['', 'yes'], { '': 'refuse them: nobody is messaged', yes: 'send them all, each by itself' })}
${field('channelId', 'WhatsApp channel', written.channelId, { hint: 'Its number at Qiscus, where several channels have a template of that name, or for messages of their own. Empty: that of the template.' })}
${select('values', 'Values that WhatsApp refuses', written.values, valuePolicies, { reject: 'reject their rows', clean: 'trim them, and make runs of white space one space', send: 'send them as they are' })}
${select('separator', 'Separator of the files', written.separator, [',', ';'], { ',': 'comma', ';': 'semicolon' })}</section>
<section aria-labelledby="look-heading"><h2 id="look-heading">Its columns and people</h2>${about.look ?? columnFields(written, path)}</section>
<section aria-labelledby="when-heading"><h2 id="when-heading">When</h2>${whenFields(written)}
${field('timeZone', 'Time zone', written.timeZone, { hint: 'Such as Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT).', list: ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'] })}
${cronFields(written, choices)}
<p class="buttons"><button name="do" value="show">Show the next firings</button></p>
<div id="foretold" aria-live="polite">${foretold && foretoldList(foretold)}</div></section>
<section aria-labelledby="limits-heading"><h2 id="limits-heading">Limits</h2><p class="hint">Empty means that there is no such limit.</p><div class="fields">
${field('window', 'Hours', written.window, { hint: 'Batches start only then: 08:00-20:00.' })}
${field('windowDays', 'Days', written.windowDays, { hint: 'With hours: mon-sat, or mon,wed,fri.' })}
${field('pace', 'Pace', written.pace, { hint: 'People in any such time: 2000/1h.' })}
${field('dailyLimit', 'Daily limit', written.dailyLimit, { hint: 'People in any 24 hours.' })}
${field('tooLateAfter', 'Too late after', written.tooLateAfter, { hint: 'Batches that would start later than this fail: 4h.' })}
${field('prepareAhead', 'Prepare ahead', written.prepareAhead, { hint: 'Read the audience so long before: 30m.' })}
${field('handOver', 'Hand over ahead', written.handOver, { hint: 'Batches go to Qiscus so long before they start: 2h. Empty: at once.' })}
${field('first', 'First part', written.first, { hint: 'So many people first; the rest waits until somebody lets it go on.' })}
${field('maxRejected', 'Rejected rows at most', written.maxRejected, { hint: 'If more are wrong, nothing is sent: 100 or 1%.' })}
${field('approvalAbove', 'Approval above', written.approvalAbove, { hint: 'People; 0: every firing. Empty: as its account says.' })}
${field('retryAfterFailure', 'Send again after a failure', written.retryAfterFailure, { hint: 'To whom messages failed with these codes, so long after, so often: 131026,131053/24h/2.' })}
${select('approveOnce', 'One approval is for', written.approveOnce, ['', 'yes'], { '': 'one firing', yes: 'all firings of a version' })}
${select('catchUp', 'When no worker was there', written.catchUp, ['latest', 'skip', 'all'], { latest: 'make up for the latest firing', skip: 'skip it', all: 'make up for all' })}
</div></section>
<p class="buttons"><button class="primary" name="do" value="ask">${version === undefined ? 'Look at it before it starts' : 'Look at what will change'}</button> <a class="button" href="${back}">Leave it</a></p>
</form>`;
}

/** How the audience fits the template as long as nobody has looked at it; what a form has of it besides is kept. */
function columnFields(written: WrittenCampaign, path: string): Html {
  return html`<p class="hint">Shows the columns of the audience beside those of the template, who would be messaged, and what a row looks like. Nothing is sent by that.</p>
<p class="buttons"><button name="do" value="look" formaction="${path}/ask#look-heading">Look at the audience</button></p>
${field('columns', 'Columns', written.columns, { hint: 'Of the audience, with commas between them. Empty: those of the template.' })}
<div class="field"><label for="f-map">What its columns become</label><textarea id="f-map" name="map" rows="3" maxlength="10000" autocomplete="off" spellcheck="false" aria-describedby="h-map">
${written.map}</textarea><p class="hint" id="h-map">Where the audience calls them otherwise, a line each: Nomor HP = phone_number. Nothing behind the = leaves a column out.</p></div>
<input type="hidden" name="ignoreColumns" value="${written.ignoreColumns}">`;
}

function templateFields(written: WrittenCampaign, { templates }: Choices): Html {
  const id = field('templateDetailId', 'Or its number at Qiscus', written.templateDetailId, {
    hint: 'If it is not in the list.',
  });
  const labels = [
    ...new Set(templates.filter((one) => one.account === written.account || written.account === '').map(labelOf)),
  ];
  if (written.template !== '' && !labels.includes(written.template)) labels.unshift(written.template);
  if (labels.length === 0)
    return field('templateDetailId', "The template's number at Qiscus", written.templateDetailId, {});
  const names = Object.fromEntries(
    templates.map((one) => [labelOf(one), isUnapproved(one) ? `${labelOf(one)} (${one.approval})` : labelOf(one)]),
  );
  return html`${select('template', 'Template', written.template, ['', ...labels], { '': 'none of these', ...names })}${id}`;
}

/** What stands is never changed by a list that doesn't have it. */
function withChosen(options: readonly string[], chosen: string): readonly string[] {
  return chosen === '' || options.includes(chosen) ? options : [chosen, ...options];
}

function whenFields(written: WrittenCampaign): Html {
  const { when, dayKind } = written;
  return html`<fieldset class="kinds"><legend>Written as</legend>
${radio('when', 'days', 'days and times', when)}${radio('when', 'cron', 'cron', when)}${radio('when', 'once', 'once', when)}</fieldset>
<div class="as-days">${field('times', 'Times', written.times, { hint: 'One or several: 09:00, 15:00.' })}
<fieldset class="kinds"><legend>Days</legend>${radio('dayKind', 'every', 'every day', dayKind)}${radio('dayKind', 'weekdays', 'weekdays', dayKind)}${radio('dayKind', 'month', 'days of the month', dayKind)}</fieldset>
<fieldset class="kinds as-weekdays"><legend>Weekdays</legend>${[1, 2, 3, 4, 5, 6, 0].map((day) => weekdayBox(weekdayNames[day] ?? '', written.weekday))}</fieldset>
<div class="as-month">${field('monthDays', 'Days of the month', written.monthDays, { hint: '1, 15, last' })}</div></div>
<div class="as-cron">${field('cron', 'Cron', written.cron, { hint: 'Minute, hour, day of the month, month, weekday: 0 9 * * mon' })}</div>
<div class="as-once">${field('once', 'At', written.once, { hint: 'By the clock of the time zone: 2027-01-01 09:00' })}</div>`;
}

/** What a campaign that fires once doesn't need. */
function cronFields({ often, skipDates, calendar }: WrittenCampaign, { calendars }: Choices): Html {
  const names = withChosen(calendars, calendar);
  return html`<div class="not-once">${select('often', 'More often than hourly', often, ['', 'yes'], { '': 'refuse it', yes: 'it is meant' }, 'Each firing messages everybody. It is said anew with each new schedule.')}
${field('skipDates', 'Dates to skip', skipDates, { hint: 'On these it does not fire: 2027-01-01, 2027-03-20.' })}
${names.length === 0 ? html`<input type="hidden" name="calendar" value="">` : html`${select('calendar', 'Calendar to skip', calendar, ['', ...names], { '': 'none' })}`}</div>`;
}

function weekdayBox(name: string, ticked: readonly string[]): Html {
  return html`<label class="check"><input type="checkbox" name="weekday" value="${name}"${ticked.includes(name) && html` checked`}> ${weekdayWord(name)}</label>`;
}

function radio(name: string, value: string, label: string, chosen: string): Html {
  return html`<label class="check"><input type="radio" name="${name}" value="${value}"${value === chosen && html` checked`}> ${label}</label>`;
}

type FieldMore = { hint?: Content; required?: true; list?: readonly string[] };

function field(name: string, label: string, value: string, { hint, required, list }: FieldMore): Html {
  const hasList = list !== undefined && list.length > 0;
  return html`<div class="field"><label for="f-${name}">${label}</label>
<input id="f-${name}" name="${name}" value="${value}" autocomplete="off" spellcheck="false" maxlength="10000"${required && html` required`}${hasList && html` list="l-${name}"`}${hint !== undefined && html` aria-describedby="h-${name}"`}>${
    hasList && html`<datalist id="l-${name}">${list.map((one) => html`<option value="${one}"></option>`)}</datalist>`
  }${hint !== undefined && html`<p class="hint" id="h-${name}">${hint}</p>`}</div>`;
}

function select(
  name: string,
  label: string,
  value: string,
  options: readonly string[],
  words: Readonly<Record<string, string>> = {},
  hint?: string,
): Html {
  return html`<div class="field"><label for="f-${name}">${label}</label><select id="f-${name}" name="${name}"${hint !== undefined && html` aria-describedby="h-${name}"`}>${options.map(
    (one) => html`<option value="${one}"${one === value && html` selected`}>${words[one] ?? one}</option>`,
  )}</select>${hint !== undefined && html`<p class="hint" id="h-${name}">${hint}</p>`}</div>`;
}

/** The next firings, by the clock of the campaign's time zone. */
export function foretoldList({ words, warning, next, skipped }: ForetoldSchedule): Html {
  return html`<p>It fires ${words}:</p>${firingsList(next, skipped)}${
    warning !== null && html`<p class="notice">${warning}</p>`
  }`;
}

/** Every value of the form, hidden, so that what was looked at is what is saved. */
export function hiddenFields(written: WrittenCampaign): Html {
  return html`${Object.entries(written).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map(
      (one) => html`<input type="hidden" name="${name}" value="${one}">`,
    ),
  )}`;
}
