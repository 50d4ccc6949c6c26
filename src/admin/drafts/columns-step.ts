import type { Actor } from '../../config/admin-token.js';
import { renderMessage } from '../../domain/templates/render-message.js';
import type { Template } from '../../domain/templates/template.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import type { RowPreview } from '../../pipeline/lists/look-at-row.js';
import { type Html, html } from '../html/html.js';
import { messageBox } from '../html/message.js';
import { firstElse, seenVersion, wayOn } from './frame.js';
import { columnWords, draftPath } from './steps.js';

/** What the fields of the form begin with, so that a column's name is told from any other field. */
export const columnField = 'column.';

/** Which column of the list goes where. Those that are named alike are chosen already. */
export function columnsStep(
  draft: Draft,
  { template, first, examples }: { template: Template | undefined; first: RowPreview | undefined; examples: Examples },
  actor: Actor,
): Html {
  const needed = firstElse(draft, ['recipients', 'template']);
  if (needed || draft.source === null || draft.template === null) return html`${needed}`;
  const { columns, optionalColumns } = draft.template;
  const heads = draft.source.columns;
  return html`<div class="beside"><form class="question" method="post" action="${draftPath(draft.id, 'columns')}">${seenVersion(draft)}
<p>Say which column of your list goes where. What is named alike is chosen already.</p>
${columnChoosers(draft.mapping, { columns, optionalColumns }, heads, examples)}
<p class="buttons"><button class="primary">Save, and check the list</button></p>
${unusedWords(draft.mapping, heads)}</form>
<div><h3>${first?.message ? `Row ${first.row}, as it would be seen` : 'The template'}</h3>${
    first?.message
      ? messageBox(first.message, actor)
      : template && messageBox(renderMessage(template, ['phone_number'], []), actor)
  }</div></div>
${draft.check && wayOn(draft, 'columns', 'check')}`;
}

/** A choice of the list's columns for each column of a template. */
export function columnChoosers(
  mapping: Draft['mapping'],
  { columns, optionalColumns }: { columns: readonly string[]; optionalColumns: readonly string[] },
  heads: readonly string[],
  examples: Examples,
): Html {
  const chooserOf = (isNeeded: boolean) => (column: string) => chooser({ mapping, heads, examples }, column, isNeeded);
  return html`${columns.map(chooserOf(true))}
${optionalColumns.map(chooserOf(false))}`;
}

/** A value of each column, by its head. */
export type Examples = Readonly<Record<string, string>>;

const longestExample = 40;

function exampleWords(value: string | undefined): string {
  if (value === undefined) return '';
  const shown = value.replace(/\s+/g, ' ').trim();
  return `, such as ${shown.length > longestExample ? `${shown.slice(0, longestExample)}…` : shown}`;
}

function chooser(
  { mapping, heads, examples }: { mapping: Draft['mapping']; heads: readonly string[]; examples: Examples },
  column: string,
  isNeeded: boolean,
): Html {
  const chosen = mapping[column] ?? null;
  const isMissing = isNeeded && chosen === null;
  const id = `column-${column}`;
  return html`<div class="field"><label for="${id}">${columnWords(column)}${!isNeeded && html` <span class="faint">(if you have it)</span>`}</label>
<select id="${id}" name="${columnField}${column}"${isNeeded && html` required`}${isMissing && html` aria-invalid="true" aria-describedby="${id}-missing"`}><option value="">${isNeeded ? 'Choose a column of your list' : 'None'}</option>${heads
    .filter((head) => head !== '')
    .map(
      (head) =>
        html`<option value="${head}"${head === chosen && html` selected`}>${head}${exampleWords(Object.hasOwn(examples, head) ? examples[head] : undefined)}</option>`,
    )}</select>${isMissing && html`<p class="missing" id="${id}-missing">No column of your list is named like it.</p>`}</div>`;
}

/** The columns of the list that go nowhere. */
export function unusedWords(mapping: Draft['mapping'], heads: readonly string[]): Html {
  const used = new Set(Object.values(mapping));
  const unused = heads.filter((head) => head !== '' && !used.has(head));
  return html`${unused.length > 0 && html`<p class="hint words">Not used: ${unused.join(', ')}.</p>`}`;
}

/**
 * The mapping as it was written into the form. A column of the list goes to one place: where it is chosen for the text as well as for what
 * may be left out, which was guessed by its name, the text gets it.
 */
export function writtenMapping(
  fields: Readonly<Record<string, string>>,
  optional: readonly string[],
): Record<string, string | null> {
  const chosen = Object.entries(fields)
    .filter(([name]) => name.startsWith(columnField))
    .map(([name, head]) => [name.slice(columnField.length), head === '' ? null : head] as const);
  const needed = new Set(chosen.filter(([column]) => !optional.includes(column)).map(([, head]) => head));
  return Object.fromEntries(
    chosen.map(([column, head]) => [column, optional.includes(column) && needed.has(head) ? null : head]),
  );
}
