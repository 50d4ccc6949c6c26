import type { Context } from '../../context.js';
import { isDigest } from '../../domain/numbers/number-digest.js';
import { readLines } from '../../domain/recipients/recipient.js';
import { type ValuePolicy, valuePolicies } from '../../domain/recipients/value.js';
import { checkColumnsFor } from '../../domain/runs/sending.js';
import { templateColumnFaults } from '../../domain/templates/check-columns.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { type RenderedMessage, renderMessage } from '../../domain/templates/render-message.js';
import { labelOf, type Template } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import type { RunRow } from '../../store/runs.js';
import { findTemplate } from '../../store/templates.js';
import { rowOfRun } from '../../store/views/run-rows.js';
import { requireRun } from '../require-run.js';
import { requireTemplate, type TemplateReference } from '../templates/resolve-template.js';

/** A message as its recipient will see it. */
export type Preview = RenderedMessage & {
  /** To whom it goes, in digits. */
  phoneNumber: string;
  /** The template's name and language: `reminder:id`. */
  template: string;
};

/** What a preview is made of. */
export type PreviewRequest = TemplateReference & {
  /** A recipient: an object with a value for each column. */
  row: Readonly<Record<string, unknown>>;
  /** What becomes of a value that WhatsApp refuses. Default `reject`. */
  values?: ValuePolicy | undefined;
};

/** A row as its recipient will see it. Nothing is sent. @throws {UsageError} that says why it can't be sent to. */
export async function preview(ctx: Context, request: PreviewRequest): Promise<Preview> {
  const template = await requireTemplate(ctx, request);
  const columns = Object.keys(request.row);
  refuseColumns(template, columns);
  return previewOf(ctx, template, columns, request.row, request.values);
}

/** @throws {UsageError} naming each column that doesn't fit. */
export function refuseColumns(template: Template, columns: readonly string[]): void {
  const ofKind = checkColumnsFor('bulk', columns);
  const faults = ofKind.length > 0 ? ofKind : templateColumnFaults(template, columns, 'bulk');
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
}

/** The same of a template and columns that were looked at before. @param what the row is called if it can't be sent to. */
export function previewOf(
  ctx: Context,
  template: Template,
  columns: readonly string[],
  row: unknown,
  values?: ValuePolicy,
  what = 'The row',
): Preview {
  const policy = valuePolicies.find((known) => known === values);
  const reading = compileReaderFor(template, columns, ctx.config.defaultCountry, policy)(row);
  if (!reading.ok) throw new UsageError(`${what} would be rejected: ${reading.reason}.`);
  const [line = []] = readLines(reading.line);
  return { phoneNumber: line[0] ?? '', template: labelOf(template), ...renderMessage(template, columns, line) };
}

/** A row of a run as its recipient will see it. */
export type RunPreview = {
  /** Which row, from 1. */
  row: number;
  /** How many rows of the run are in batches. */
  rows: number;
  /** `null`: its template isn't known, or the row isn't there any more. */
  message: Preview | null;
  /** Whether the run's template is known. */
  isKnown: boolean;
};

/** A row of a run, by its place among those that are in batches, from 1. @throws {NotFoundError} */
export async function previewOfRun(ctx: Context, runId: string, row: number): Promise<RunPreview> {
  return previewRow(ctx, await requireRun(ctx, runId), row);
}

/** The same of a run that was read. */
export async function previewRow(ctx: Context, run: RunRow, row: number): Promise<RunPreview> {
  const template = await findTemplate(ctx.db, run.account, run.templateDetailId);
  const { rows, values } = await rowOfRun(ctx.db, run.id, row);
  if (!template || !values) return { row, rows, message: null, isKnown: template !== undefined };
  const [number = ''] = values;
  const message = {
    phoneNumber: isDigest(number) ? 'forgotten' : number,
    ...{ template: labelOf(template), ...renderMessage(template, run.columns, values) },
  };
  return { row, rows, message, isKnown: true };
}
