import type { Context } from '../../context.js';
import { type FittingRequest, readFitting } from '../../domain/columns/column-map.js';
import type { Cost } from '../../domain/prices/prices.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import { labelOf } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import { requireTemplate, type TemplateReference } from '../templates/resolve-template.js';
import type { RowPreview } from './look-at-row.js';
import type { Survey } from './survey-rows.js';
import { fitAudience, previewOfAudience, tryAudience } from './try-audience.js';

/** Which audience is looked at, for which template. */
type LookRequest = TemplateReference & {
  audience: string;
  map?: FittingRequest['map'] | undefined;
  ignoreColumns?: FittingRequest['ignoreColumns'] | undefined;
  values?: ValuePolicy | undefined;
  /** How many rows are read; `null`: all. */
  mostRows: number | null;
  /** Which row is shown, from 1. */
  row: number;
};

/** An audience beside a template: what a campaign of the two would read. */
export type LookedAudience = {
  template: string;
  heads: string[];
  mapping: Record<string, string | null>;
  /** The columns of the template that have no head. As long as there are any, no row is read. */
  missing: string[];
  /** What a campaign would have to have as its settings. */
  columns: string[];
  map: Record<string, string>;
  ignoreColumns: string[];
  survey: Omit<Survey, 'peopleByCallingCode'> | null;
  /** Of those who were counted; `null`: there is no list of prices, or nobody was counted. */
  cost: Cost | null;
  costText: string;
  /** `null`: there is no such row, or a column is missing. */
  preview: RowPreview | null;
};

/** Looks at an audience as the form of a campaign does; nothing is sent. @throws {UsageError} that says why it can't be read */
export async function lookAtAudience(ctx: Context, request: LookRequest, signal: AbortSignal): Promise<LookedAudience> {
  const { audience, map, ignoreColumns, values = 'reject', mostRows, row } = request;
  const { fitting, faults } = readFitting({ map, ignoreColumns });
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  const template = await requireTemplate(ctx, request);
  const asked = { name: '', audience, template, values, fitting };
  const fitted = await fitAudience(ctx, asked, signal);
  if (!fitted)
    throw new UsageError('The audience is a function of another program, and only that program can read it.');
  const { heads, mapping, missing, columns } = fitted;
  const fits = { template: labelOf(template), heads, mapping, missing, columns, map: { ...fitted.fitting.map } };
  const looked = { ...fits, ignoreColumns: [...fitted.fitting.ignoreColumns] };
  if (missing.length > 0) return { ...looked, survey: null, cost: null, costText: '', preview: null };
  const tried = await tryAudience(ctx, asked, fitted, { signal, ...(mostRows !== null && { mostRows }) });
  const { peopleByCallingCode: _, ...survey } = tried.survey;
  const preview = survey.rows < row ? null : await previewOfAudience(ctx, asked, fitted, row, signal);
  return { ...looked, survey, cost: tried.cost, costText: tried.costText, preview };
}
