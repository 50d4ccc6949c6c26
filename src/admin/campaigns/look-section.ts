import type { Actor } from '../../config/admin-token.js';
import { columnsToMap } from '../../domain/drafts/mapping.js';
import { renderMessage } from '../../domain/templates/render-message.js';
import { UsageError } from '../../errors.js';
import type { FittedAudience, TriedAudience } from '../../pipeline/lists/try-audience.js';
import { groupTable, surveyFacts } from '../drafts/check-step.js';
import { columnChoosers, unusedWords } from '../drafts/columns-step.js';
import { shownRow } from '../drafts/preview-step.js';
import { columnWords } from '../drafts/steps.js';
import { type Html, html } from '../html/html.js';
import { messageBox } from '../html/message.js';
import { facts } from '../html/parts.js';
import { testNumberField } from '../html/test-form.js';
import { count, plural } from '../html/words.js';
import { type Look, lookedAt } from './look.js';
import type { WrittenCampaign } from './read-form.js';

/** The columns of an audience beside those of its template, what its rows come to, and one of them as it will be seen. */
export function lookSection(
  look: Look,
  { written, path, testNumbers }: { written: WrittenCampaign; path: string; testNumbers: readonly string[] },
  actor: Actor,
): Html {
  const { asked, fitted } = look;
  const kept = html`<input type="hidden" name="looked" value="${lookedAt(written)}"><input type="hidden" name="ignoreColumns" value="${written.ignoreColumns}">`;
  if (!fitted)
    return html`<p class="notice">This audience is a function of another program, and only that program can read it.</p>${kept}
<input type="hidden" name="columns" value="${written.columns}"><input type="hidden" name="map" value="${written.map}">`;
  const shown = look.preview instanceof UsageError ? undefined : look.preview;
  return html`${kept}<input type="hidden" name="columns" value="${written.columns}"><input type="hidden" name="map" value="${written.map}">
<div class="beside"><div class="chosen"><p>Say which column of the audience goes where. What is named alike is chosen already.</p>
${columnChoosers(fitted.mapping, columnsToMap(asked.template), fitted.heads, look.examples)}${unusedWords(fitted.mapping, fitted.heads)}</div>
<div>${shown ? shownRow(fitted.mapping, shown, actor) : html`<h3>The template</h3>${messageBox(renderMessage(asked.template, ['phone_number'], []), actor)}`}</div></div>
${look.preview instanceof UsageError && html`<p class="notice refused" role="alert">${look.preview.message}</p>`}
${fitted.missing.length > 0 && html`<p class="missing">Say which column of the audience is for: ${fitted.missing.map(columnWords).join(', ')}.</p>`}
${look.tried && triedWords(fitted, look.tried)}
<div class="narrow"><div><label for="f-row">Row to look at</label><input id="f-row" name="row" type="number" min="1" value="${String(look.row)}"></div><button name="do" value="look" formaction="${path}/ask#look-heading">Look again</button>${
    look.tried &&
    !look.tried.survey.isWhole &&
    html` <button name="do" value="all" formaction="${path}/ask#look-heading">Read all of it</button>`
  }</div>
${shown?.message && html`<div class="question"><h3>Send this message to yourself</h3>${testNumberField(testNumbers, false)}<p class="buttons"><button formaction="${path}/test">Send the test</button></p></div>`}`;
}

function triedWords({ mapping }: FittedAudience, { survey, cost, costText }: TriedAudience): Html {
  const { rows, people, isWhole, rejected, doubtful } = survey;
  const row = (place: number) => html`row ${count(place)}`;
  return html`<div role="status"><p class="sum"><strong>${plural(people, 'person would get', 'people would get')} the message</strong>, of ${isWhole ? plural(rows, 'row') : `the first ${plural(rows, 'row')}`}.</p>${facts(
    [...surveyFacts(survey), ['Cost', cost !== null && `${costText}${isWhole ? '' : ', for these'}`]],
  )}
${rejected.length > 0 && html`<h3>Rejected: these get no message</h3>${groupTable('Rejected rows, by reason', rejected, mapping, row)}`}
${doubtful.length > 0 && html`<h3>Dubious: these are sent, and look like a mistake</h3>${groupTable('Dubious rows, by reason', doubtful, mapping, row)}`}
${rejected.length + doubtful.length === 0 && html`<p>No row was rejected, and none looks like a mistake.</p>`}</div>`;
}
