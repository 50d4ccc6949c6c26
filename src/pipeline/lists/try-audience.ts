import { type OpenedAudience, openAudience } from '../../audience/open-audience.js';
import type { Context } from '../../context.js';
import { type AudienceSpec, parseAudience, showAudience } from '../../domain/campaigns/audience.js';
import { asTheyStand, type Fitting, type FittingOrAny } from '../../domain/columns/column-map.js';
import {
  type DraftMapping,
  firstMapping,
  fittingOf,
  headsToMap,
  mappingFaults,
  mappingOfFitting,
  unmapped,
} from '../../domain/drafts/mapping.js';
import { costText } from '../../domain/prices/describe-cost.js';
import { type Cost, costOf } from '../../domain/prices/prices.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { Template } from '../../domain/templates/template.js';
import { AudienceError, UsageError } from '../../errors.js';
import { rememberedMapping } from '../../store/drafts/drafts.js';
import { currentTime } from '../../store/postgres/database.js';
import { noteAudit } from '../audited.js';
import { audienceMeans } from '../campaigns/audience-means.js';
import type { TestSent } from '../test-sends/test-send.js';
import { exampleRow } from './example-row.js';
import { previewRow, type ReadRow, type RowPreview, rowAt, testSendRow } from './look-at-row.js';
import { type RowReading, type Survey, surveyRows } from './survey-rows.js';

/** What a campaign would read that somebody is making or changing, and as what. */
export type AskedAudience = {
  /** The campaign's name: functions are told it. */
  name: string;
  /** `named:members`, as the campaign has it. */
  audience: string;
  template: Template;
  values: ValuePolicy;
  /** How its heads become columns so far; what it leaves open is guessed by name. */
  fitting: Fitting;
  /** What somebody has chosen for each column in the place of that; nothing is guessed then. */
  mapping?: DraftMapping | undefined;
};

/** How the heads of an audience and the columns of a template belong together. */
export type FittedAudience = {
  /** The heads of the audience, as they stand there. */
  heads: string[];
  /** The head for each column of the template; `null`: none. */
  mapping: DraftMapping;
  /** The columns that need a head and have none. */
  missing: string[];
  /** What the campaign's settings would be by that. */
  columns: string[];
  fitting: Fitting;
};

/**
 * Looks at the heads of an audience; no row of a query or file is read. `null`: it is a function of another program.
 * @param signal gives it up @throws {UsageError} that says why it can't be read
 */
export async function fitAudience(
  ctx: Context,
  { audience, template, fitting, mapping: chosen, ...asked }: AskedAudience,
  signal?: AbortSignal,
): Promise<FittedAudience | null> {
  const heads = await headsOf(ctx, { audience, ...asked }, signal);
  if (heads === null) return null;
  const { account, templateDetailId } = template;
  const remembered = (await rememberedMapping(ctx.db, account, templateDetailId)) ?? {};
  const written = mappingOfFitting(template, heads, fitting);
  const faults = chosen ? mappingFaults(template, heads, chosen) : [];
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  const mapping = chosen ?? firstMapping(template, headsToMap(heads, fitting), written, remembered);
  const fitted = fittingOf(template, heads, mapping);
  // A head that is named like its column needs no word of it.
  const map = Object.fromEntries(Object.entries(fitted.fitting.map).filter(([head, column]) => head !== column));
  return {
    ...{ heads, mapping, missing: unmapped(template, mapping) },
    ...{ columns: fitted.columns, fitting: { map, ignoreColumns: fitted.fitting.ignoreColumns } },
  };
}

/** What stands in the columns of an audience, by head. @throws {UsageError} */
export function exampleOfAudience(
  ctx: Context,
  asked: AskedAudience,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  return reading(ctx, asked, asTheyStand, signal, (rows) => exampleRow(ctx, rows));
}

/** What reading a fitted audience came to. */
export type TriedAudience = { survey: Survey; cost: Cost | null; costText: string };

/** Reads the audience as a firing would, and sends nothing. @param mostRows default: all @throws {UsageError} */
export async function tryAudience(
  ctx: Context,
  asked: AskedAudience,
  fitted: FittedAudience,
  { signal, mostRows }: { signal: AbortSignal; mostRows?: number },
): Promise<TriedAudience> {
  const { category } = asked.template;
  const options = { signal, ...(mostRows !== undefined && { mostRows }) };
  const survey = await reading(ctx, asked, fitted.fitting, signal, (rows) =>
    surveyRows(ctx, rowReading(asked, fitted), rows, options),
  );
  const countByCallingCode = new Map(Object.entries(survey.peopleByCallingCode));
  const { prices } = ctx.config;
  const cost = prices ? costOf({ category, countByCallingCode }, prices) : null;
  return { survey, cost, costText: costText(cost) };
}

/** A row of it as its recipient would see it; that somebody looked at it is kept in the audit log. @throws {UsageError} when there are fewer */
export async function previewOfAudience(
  ctx: Context,
  asked: AskedAudience,
  fitted: FittedAudience,
  row: number,
  signal?: AbortSignal,
): Promise<RowPreview> {
  const found = await readRow(ctx, asked, fitted, row, signal);
  // Numbers and values of people whom nobody has put in: kept before they are shown.
  await noteAudit(ctx, { action: 'preview', target: asked.name, detail: { row } });
  return previewRow(ctx, rowReading(asked, fitted), found);
}

/** Sends a row of it to oneself. @param phoneNumbers default: all of `SIARAN_TEST_NUMBERS` @throws {UsageError} */
export async function testSendOfAudience(
  ctx: Context,
  asked: AskedAudience,
  fitted: FittedAudience,
  { row, phoneNumbers }: { row: number; phoneNumbers: readonly string[] | undefined },
  signal?: AbortSignal,
): Promise<TestSent> {
  if (fitted.missing.length > 0)
    throw new UsageError(
      `No column of the audience is mapped to ${fitted.missing.join(', ')}, which the template needs.`,
    );
  const found = await readRow(ctx, asked, fitted, row, signal);
  return testSendRow(ctx, rowReading(asked, fitted), found, phoneNumbers);
}

function readRow(
  ctx: Context,
  asked: AskedAudience,
  fitted: FittedAudience,
  row: number,
  signal: AbortSignal | undefined,
): Promise<ReadRow> {
  return reading(ctx, asked, fitted.fitting, signal, (rows) =>
    rowAt(ctx, rowReading(asked, fitted), rows, row, signal),
  );
}

function rowReading({ template, values }: AskedAudience, { columns }: FittedAudience): RowReading {
  return { template, columns, values };
}

async function headsOf(
  ctx: Context,
  asked: Pick<AskedAudience, 'name' | 'audience'>,
  signal: AbortSignal | undefined,
): Promise<string[] | null> {
  const spec = specOf(asked.audience);
  if (spec.kind === 'function' && !ctx.audienceFunctions.has(spec.name)) return null;
  return reading(ctx, asked, asTheyStand, signal, async (rows, columns) => {
    if (columns !== undefined) return [...columns];
    // A function names its columns in each row.
    for await (const row of rows) return typeof row === 'object' && row !== null ? Object.keys(row) : [];
    throw new UsageError(`The audience ${showAudience(spec)} is empty, so that nothing tells its columns.`);
  });
}

/** Opens the audience for as long as it is read. What is wrong with it is its maker's to mend. */
async function reading<T>(
  ctx: Context,
  { name, audience }: Pick<AskedAudience, 'name' | 'audience'>,
  fitting: FittingOrAny,
  signal: AbortSignal | undefined,
  work: (rows: OpenedAudience['rows'], columns: OpenedAudience['columns']) => Promise<T>,
): Promise<T> {
  const firing = { campaign: name, firesAt: await currentTime(ctx.db) };
  try {
    const opened = await openAudience(specOf(audience), audienceMeans(ctx, signal), firing, fitting);
    try {
      return await work(opened.rows, opened.columns);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!(error instanceof AudienceError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

/** @throws {UsageError} */
function specOf(audience: string): AudienceSpec {
  const parsed = parseAudience(audience);
  if (parsed.ok) return parsed.audience;
  throw new UsageError(`audience: ${parsed.reason}`);
}
