import type { Draft, DraftSource } from '../../pipeline/drafts/draft.js';
import { type Html, html } from '../html/html.js';
import { count, plural } from '../html/words.js';
import { seenVersion, wayOn } from './frame.js';
import { draftPath } from './steps.js';

/** What a list may be, as the hint below its field says. */
const fileWords =
  'A CSV file, as Excel and Google Sheets save it, of at most 200 MB. Its first line names the columns, as you like.';

/** The form that begins a broadcast: its name, and a list or an audience. */
export function newDraftForm(
  audiences: readonly string[],
  { name = '', fault }: { name?: string; fault?: string | undefined } = {},
): Html {
  return html`<form class="question upload" method="post" action="/drafts" enctype="multipart/form-data" data-upload>
${fault !== undefined && html`<p class="notice refused" id="fault" role="alert">${fault}</p>`}
<div class="field"><label for="name">Name</label><input id="name" name="name" maxlength="200" required autocomplete="off" value="${name}" aria-describedby="name-hint${fault !== undefined && ' fault'}"><p class="hint" id="name-hint">Your colleagues see it; the recipients don't.</p></div>
${sourceFields(audiences)}
<p class="buttons"><button class="primary">Begin</button></p>
${progress}
</form>`;
}

/** Where the script tells how far an upload is. */
const progress = html`<div class="progress" hidden><progress max="100" value="0" aria-label="Upload"></progress><p role="status"></p></div>`;

function sourceFields(audiences: readonly string[]): Html {
  return html`${
    audiences.length > 0 &&
    html`<div class="field"><label for="audience">Audience</label><select id="audience" name="audience"><option value="">None: a file of mine</option>${audiences.map((name) => html`<option value="${name}">${name}</option>`)}</select></div>`
  }<div class="field"><label for="file">List of recipients</label><input id="file" name="file" type="file" accept=".csv,text/csv,.txt,.tsv,.gz"${audiences.length === 0 && html` required`} aria-describedby="file-hint"><p class="hint" id="file-hint">${fileWords}</p></div>`;
}

/** Who gets it: what is there, and how to give another list or audience. */
export function sourceStep(draft: Draft, audiences: readonly string[]): Html {
  const { id, source, name } = draft;
  const isPartial = source?.kind === 'file' && !source.isComplete;
  return html`${source && sourceWords(source)}
${wayOn(draft, 'recipients', 'template')}
<form class="question upload" method="post" action="${draftPath(id)}/file" enctype="multipart/form-data" data-upload data-draft="${id}">
<h3>${isPartial ? 'The upload broke off' : source ? 'Another list' : 'The list'}</h3>
${isPartial && html`<p class="hint">Choose the same file again: it goes on where it ended. Another file begins anew, and so does everything without JavaScript or in another browser.</p>`}
${seenVersion(draft)}${sourceFields(audiences)}
<p class="buttons"><button${source === null || isPartial ? html` class="primary"` : ''}>${isPartial ? 'Upload' : source ? 'Take this in its place' : 'Take it'}</button></p>
${progress}
</form>
<form class="question" method="post" action="${draftPath(id)}/name">${seenVersion(draft)}
<div class="field"><label for="name">Name</label><input id="name" name="name" maxlength="200" required autocomplete="off" value="${name}"></div>
<p class="buttons"><button>Change the name</button></p></form>`;
}

function sourceWords(source: DraftSource): Html {
  if (source.kind === 'audience')
    return html`<p>The audience <strong class="words">${source.name}</strong>, with the columns ${columnList(source.columns)}.</p>`;
  const { fileName, bytes, receivedBytes, isComplete, columns } = source;
  if (!isComplete)
    return html`<p><strong class="words">${fileName}</strong>: ${sizeWords(receivedBytes)}${bytes !== null && ` of ${sizeWords(bytes)}`} are here.</p>`;
  return html`<p><strong class="words">${fileName}</strong>, ${sizeWords(receivedBytes)}, with ${plural(columns.length, 'column')}: ${columnList(columns)}.</p>`;
}

const columnsListed = 20;

function columnList(columns: readonly string[]): Html {
  const more = columns.length - columnsListed;
  return html`<span class="words">${columns.slice(0, columnsListed).join(', ')}${more > 0 && ` and ${count(more)} more`}</span>`;
}

/** 1234567 as `1.2 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return plural(bytes, 'byte');
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
