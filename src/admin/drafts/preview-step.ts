import type { Actor } from '../../config/admin-token.js';
import { inWordsOfList } from '../../domain/drafts/in-words-of-list.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import type { RowPreview } from '../../pipeline/lists/look-at-row.js';
import { type Html, html } from '../html/html.js';
import { messageBox } from '../html/message.js';
import { testForm } from '../html/test-form.js';
import { count } from '../html/words.js';
import { firstElse, wayOn } from './frame.js';
import { draftPath } from './steps.js';

/** A row that is looked at, or why it can't be. */
type Looked = { asked: string; preview: RowPreview | undefined; fault: string | undefined };

/** A row as its recipient will see it, and a test of it to oneself. */
export function previewStep(draft: Draft, looked: Looked, testNumbers: readonly string[], actor: Actor): Html {
  const needed = firstElse(draft, ['recipients', 'template', 'columns']);
  if (needed) return needed;
  return html`${chooseRow(draft, looked)}
${looked.fault !== undefined && html`<p class="notice refused" role="alert">${looked.fault}</p>`}
${looked.preview && shownRow(draft.mapping, looked.preview, actor)}
${looked.preview?.message && testForm(`${draftPath(draft.id)}/test-send`, looked.preview.row, testNumbers)}
${wayOn(draft, 'check', 'timing')}`;
}

function chooseRow({ id, check }: Draft, { asked, preview }: Looked): Html {
  const path = draftPath(id, 'preview');
  const row = preview?.row ?? 1;
  const last = check?.rows;
  const kinds = [
    ['Longest message', 'longest', check !== null && check.longestRow !== null],
    ['With a doubt', 'doubtful', (check?.doubtful.length ?? 0) > 0],
    ['Rejected', 'rejected', (check?.rejected.length ?? 0) > 0],
  ] as const;
  return html`<div class="filters"><ul>${kinds
    .filter(([, , isThere]) => isThere)
    .map(
      ([name, key]) =>
        html`<li><a href="${path}?row=${key}"${asked === key && html` aria-current="true"`}>${name}</a></li>`,
    )}</ul></div>
<form class="narrow" method="get" action="${path}"><div><label for="row">Row${last !== undefined && html` of ${count(last)}`}</label><input id="row" name="row" type="number" min="1"${last !== undefined && html` max="${String(last)}"`} value="${String(row)}" required></div><button>Show</button>${
    row > 1 && html` <a class="button" href="${path}?row=${String(row - 1)}">Row before</a>`
  }${(last === undefined || row < last) && html` <a class="button" href="${path}?row=${String(row + 1)}">Next row</a>`}</form>`;
}

/** A row as its recipient will see it, or why they get nothing, with its doubts. */
export function shownRow(mapping: Draft['mapping'], { row, message, leftOut, doubts }: RowPreview, actor: Actor): Html {
  return html`<h3>Row ${count(row)}${message && html`, to <span class="id">${message.phoneNumber}</span>`}</h3>
${leftOut !== null && html`<p class="notice refused">It gets no message: <span class="words">${inWordsOfList(leftOut, mapping)}</span></p>`}
${doubts.length > 0 && html`<ul class="concerns">${doubts.map((doubt) => html`<li class="warn">${inWordsOfList(doubt, mapping)}</li>`)}</ul>`}
${message && messageBox(message, actor)}`;
}
