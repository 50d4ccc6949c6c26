import { labelOf } from '../../domain/templates/template.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import type { Draft, DraftPlan } from '../../pipeline/drafts/draft.js';
import type { RowGroup } from '../../pipeline/lists/survey-rows.js';
import { inOneLine } from './in-one-line.js';
import { bold, count, table, yellow } from './output.js';

/** Drafts for people, a line each. */
export function describeDrafts(drafts: readonly Draft[]): string {
  const rows = drafts.map((draft) => {
    const { id, name, state, createdBy, updatedAt, check } = inOneLine(draft);
    const people = check === null ? '' : count(check.people);
    return [id, state, showInstant(updatedAt), createdBy, people, name];
  });
  return table(['draft', 'state', 'changed', 'by', 'people', 'name'], rows);
}

/** A draft for people, in full. */
export function describeDraft(told: Draft, plan: DraftPlan): string {
  const draft = inOneLine(told);
  const { check, mapping, template, checking, runId } = draft;
  const isOpen = draft.state === 'open';
  const lines: [string, string][] = [
    ['state', runId === null ? draft.state : `${draft.state}, run ${runId}, confirmed by ${draft.confirmedBy ?? ''}`],
    ['failed', draft.failure === null ? '' : yellow(draft.failure)],
    ['made by', `${draft.createdBy}, ${showInstant(draft.createdAt)}`],
    ['list', describeSource(draft.source)],
    ['template', template === null ? '' : `${labelOf(template)} (${template.templateDetailId})`],
    [
      'columns',
      Object.entries(mapping)
        .flatMap(([column, head]) => (head === null ? [] : [`${column} ← ${head}`]))
        .join(', '),
    ],
    ['checking', checking === null ? '' : `${count(checking.rows)} rows so far`],
    [
      'checked',
      check === null
        ? ''
        : `${count(check.rows)} rows · ${count(check.people)} people · ${count(check.duplicates)} duplicates · ${count(check.suppressed)} suppressed`,
    ],
    ...(check?.rejected ?? []).map((group): [string, string] => ['rejected', yellow(describeGroup(group))]),
    ...(check?.doubtful ?? []).map((group): [string, string] => ['doubtful', yellow(describeGroup(group))]),
    ['plan', isOpen ? plan.sentence : ''],
    ['cost', isOpen ? plan.costText : ''],
    ...(isOpen ? plan.faults : []).map((fault): [string, string] => ['lacks', yellow(fault)]),
  ];
  const shown = lines.filter(([, text]) => text !== '');
  return [bold(draft.name), ...shown.map(([head, text]) => `  ${head.padEnd(10)}  ${text}`)].join('\n');
}

function describeSource(source: Draft['source']): string {
  if (source === null) return '';
  if (source.kind === 'audience') return `named:${source.name}`;
  const { fileName, bytes, receivedBytes, isComplete } = source;
  if (isComplete) return `${fileName}, ${count(receivedBytes)} bytes`;
  return `${fileName}, ${count(receivedBytes)}${bytes === null ? '' : ` of ${count(bytes)}`} bytes so far`;
}

function describeGroup({ reason, count: rows, rows: first }: RowGroup): string {
  const where = first.length < rows ? `rows ${first.join(', ')} and others` : `row ${first.join(', ')}`;
  return `${count(rows)}: ${reason} (${where})`;
}
