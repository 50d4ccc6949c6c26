import * as z from 'zod';
import type { Context } from '../../context.js';
import { columnsToMap, type DraftMapping } from '../../domain/drafts/mapping.js';
import { labelOf, type Template } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import type { RowPreview } from '../../pipeline/lists/look-at-row.js';
import {
  type AskedAudience,
  exampleOfAudience,
  type FittedAudience,
  fitAudience,
  previewOfAudience,
  type TriedAudience,
  tryAudience,
} from '../../pipeline/lists/try-audience.js';
import { columnField, type Examples, writtenMapping } from '../drafts/columns-step.js';
import { orFault } from '../forms/answer.js';
import { fittingFields } from './fill-form.js';
import type { Choices } from './form-fields.js';
import { type WrittenCampaign, writtenFitting } from './read-form.js';

/** So many rows are read at first: enough to see what is wrong with a list, and no waiting for a database. */
const firstRows = 10_000;

/** What a look adds to the fields of the form. */
export const lookFields = {
  /** What was looked at: with another template or audience, what was chosen for its columns counts no more. */
  looked: z.string().max(12_000).optional(),
  row: z.coerce.number().int().min(1).max(1e9).catch(1).default(1),
  phoneNumber: z.string().trim().max(200).default(''),
};

/** The fields of the form that say which column of the audience goes where. */
export type ChosenColumns = { looked?: string | undefined; row: number; columns: Record<string, string> };

/** An audience beside the template that it is for, and what reading it came to. */
export type Look = {
  asked: AskedAudience;
  /** `null`: only another program can read it. */
  fitted: FittedAudience | null;
  /** Absent: a column is missing still, or nobody has asked for it. */
  tried?: TriedAudience;
  preview?: RowPreview | UsageError;
  row: number;
  /** A value of each column. */
  examples: Examples;
};

/** Takes the fields apart that stand for columns: they are none of the campaign's. */
export function chosenIn<T extends { looked?: string | undefined; row: number }>(
  body: T,
): { given: T; chosen: ChosenColumns } {
  const isColumn = ([name]: [string, unknown]) => name.startsWith(columnField);
  const entries = Object.entries(body);
  const columns = Object.fromEntries(entries.filter(isColumn)) as Record<string, string>;
  const given = Object.fromEntries(entries.filter((entry) => !isColumn(entry))) as T;
  return { given, chosen: { looked: body.looked, row: body.row, columns } };
}

/**
 * Looks at the audience of a form. What was chosen for its columns is put into the form's other fields.
 * @param how `columns`: its heads only; `some`: its first rows, too; `all`: every row
 * @throws {UsageError} that says what is wrong with it, or what is missing
 */
export async function lookAt(
  ctx: Context,
  written: WrittenCampaign,
  { choices, chosen }: { choices: Choices; chosen: ChosenColumns },
  how: 'columns' | 'some' | 'all',
  signal: AbortSignal,
): Promise<{ written: WrittenCampaign; look: Look }> {
  const template = templateIn(written, choices);
  if (!template) throw new UsageError('template: choose one first, so that its columns are known.');
  const { name, audience, values } = written;
  const { optionalColumns } = columnsToMap(template);
  const isChosen = hasChosen(chosen) && chosen.looked === lookedAt(written);
  const mapping: DraftMapping | undefined = isChosen ? writtenMapping(chosen.columns, optionalColumns) : undefined;
  const asked = { name, audience, template, values, fitting: writtenFitting(written), mapping };
  const fitted = await fitAudience(ctx, asked, signal);
  const { row } = chosen;
  if (!fitted) return { written, look: { asked, fitted, row, examples: {} } };
  const examples = await exampleOfAudience(ctx, asked, signal);
  const fits = { ...written, columns: columnsOf(template, fitted).join(', '), ...fittingFields(fitted.fitting) };
  if (how === 'columns' || fitted.missing.length > 0) return { written: fits, look: { asked, fitted, row, examples } };
  const mostRows = how === 'some' ? { mostRows: firstRows } : {};
  const tried = await tryAudience(ctx, asked, fitted, { signal, ...mostRows });
  const preview = await orFault(previewOfAudience(ctx, asked, fitted, row, signal));
  return { written: fits, look: { asked, fitted, tried, preview, row, examples } };
}

/** Whether the form has columns that were chosen for what it says now. */
export function isMoved(written: WrittenCampaign, chosen: ChosenColumns): boolean {
  return hasChosen(chosen) && chosen.looked !== lookedAt(written);
}

/** Whether the form says of any column what it becomes. */
export function hasChosen({ columns }: ChosenColumns): boolean {
  return Object.keys(columns).length > 0;
}

/** What a look is about, in a text. */
export function lookedAt({ account, template, templateDetailId, audience }: WrittenCampaign): string {
  return JSON.stringify([account, template, template === '' ? templateDetailId : '', audience.trim()]);
}

function columnsOf({ columns }: Template, { columns: mapped }: FittedAudience): string[] {
  return [...columns, ...mapped.filter((column) => !columns.includes(column))];
}

function templateIn({ account, template, templateDetailId }: WrittenCampaign, { templates }: Choices) {
  return templates.find(
    (one) =>
      one.account === account &&
      (template === '' ? String(one.templateDetailId) === templateDetailId.trim() : labelOf(one) === template),
  );
}
