import { inWordsOfList } from '../../domain/drafts/in-words-of-list.js';
import type { Draft, DraftCheck } from '../../pipeline/drafts/draft.js';
import type { RowGroup } from '../../pipeline/lists/survey-rows.js';
import { type Content, type Html, html } from '../html/html.js';
import { facts, table } from '../html/parts.js';
import { count, plural, time } from '../html/words.js';
import { firstElse, seenVersion, wayOn } from './frame.js';
import { sizeWords } from './source-step.js';
import { draftPath } from './steps.js';

/** What is wrong with the list, and what only looks so; while it is read, how far that is. */
export function checkStep(draft: Draft): Html {
  const needed = firstElse(draft, ['recipients', 'template', 'columns']);
  if (needed) return needed;
  // Only the script looks again by itself: without it there is a link.
  return html`<div id="check" data-live${draft.checking && html` data-every="2"`}>${found(draft)}</div>`;
}

function found(draft: Draft): Html {
  const { checking, checkFault, check, id, source } = draft;
  if (checking)
    return html`<p role="status">The list is being read: ${plural(checking.rows, 'row')} so far${readSoFar(checking.bytes, source)}.</p><p class="buttons"><a class="button" href="${draftPath(id, 'check')}">Look again</a></p>`;
  const again = html`<form method="post" action="${draftPath(id)}/check">${seenVersion(draft)}<p class="buttons"><button${check === null && html` class="primary"`}>${check ? 'Check it again' : 'Check the list'}</button></p></form>`;
  if (checkFault !== null) return html`<p class="notice refused" role="alert">${checkFault}</p>${again}`;
  if (check === null) return html`<p class="missing">The list is not checked yet. Nothing is sent by that.</p>${again}`;
  return html`${sums(check)}
${
  check.rejected.length > 0 &&
  html`<h3>Rejected: these get no message</h3>${groups(draft, 'Rejected rows, by reason', check.rejected)}
<p class="buttons"><a class="button" href="${draftPath(id)}/rejected.csv" download>Download the rejected rows</a></p><p class="hint">Mend them in your spreadsheet and upload it again, or go on without them. Row 1 is the one below the heads.</p>`
}
${check.doubtful.length > 0 && html`<h3>Dubious: these are sent, and look like a mistake</h3>${groups(draft, 'Dubious rows, by reason', check.doubtful)}<p class="buttons"><a class="button" href="${draftPath(id)}/doubtful.csv" download>Download the dubious rows</a> <a class="button" href="${draftPath(id, 'preview')}?row=doubtful">See the first of them</a></p>`}
${check.rejected.length + check.doubtful.length === 0 && html`<p>No row was rejected, and none looks like a mistake.</p>`}
${wayOn(draft, 'check', 'preview')}${again}`;
}

/** How much of a file is read, and a bar of it. */
function readSoFar(bytes: number | null, source: Draft['source']): Html | false {
  if (bytes === null || source?.kind !== 'file') return false;
  const whole = source.receivedBytes;
  return html`, ${sizeWords(bytes)} of ${sizeWords(whole)} <progress max="100" value="${String(Math.round((100 * bytes) / whole))}" aria-label="Read so far"></progress>`;
}

/** What rows came to that get no message. */
type Survey = Pick<DraftCheck, 'rejected' | 'duplicates' | 'suppressed'>;

function sums(check: DraftCheck): Html {
  return html`<p class="sum"><strong>${plural(check.people, 'person gets', 'people get')} the message</strong>, of ${plural(check.rows, 'row')}.</p>${facts(
    [...surveyFacts(check), ['Checked', time(check.checkedAt)]],
  )}`;
}

/** How many rows get no message, and why. */
export function surveyFacts({ rejected, duplicates, suppressed }: Survey): [string, string | false][] {
  const sum = rejected.reduce((total, group) => total + group.count, 0);
  return [
    ['Rejected', sum > 0 && count(sum)],
    ['Twice in it', duplicates > 0 && `${count(duplicates)}: each number gets one message`],
    ['Suppressed', suppressed > 0 && `${count(suppressed)}: they opted out, or were taken off`],
  ];
}

function groups({ id, mapping }: Draft, caption: string, list: readonly RowGroup[]): Html {
  return groupTable(
    caption,
    list,
    mapping,
    (row) => html`<a class="id" href="${draftPath(id, 'preview')}?row=${String(row)}">row ${count(row)}</a>`,
  );
}

/** Rows by what they have in common. @param shownRow how one of the first of them is named */
export function groupTable(
  caption: string,
  list: readonly RowGroup[],
  mapping: Draft['mapping'],
  shownRow: (row: number) => Content,
): Html {
  return table(
    caption,
    ['Rows', 'Reason', 'Such as'],
    list.map(({ reason, count: rows, rows: first }) => [
      rows,
      html`<span class="words">${inWordsOfList(reason, mapping)}</span>`,
      html`${first.map((row, at) => html`${at > 0 && ', '}${shownRow(row)}`)}${rows > first.length && ' …'}`,
    ]),
  );
}
