import { assertColumns } from '../../audience/check-audience.js';
import { openAudience } from '../../audience/open-audience.js';
import type { Context } from '../../context.js';
import { parseAudience } from '../../domain/campaigns/audience.js';
import { batchSizes, type Forecast, forecast } from '../../domain/campaigns/forecast.js';
import type { Fitting } from '../../domain/columns/column-map.js';
import { NumberSet } from '../../domain/numbers/number-set.js';
import { compileNumberClasses, type NumberClass } from '../../domain/numbers/numbering-plans.js';
import {
  identityIn,
  phoneNumberOf,
  type RecipientLine,
  type RecipientReading,
  type RecipientValues,
  readLines,
} from '../../domain/recipients/recipient.js';
import { type Survey, startSurvey, surveyRow } from '../../domain/recipients/survey.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { BatchCounts, RunSettings } from '../../domain/runs/run.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import type { TemplateTexts } from '../../domain/templates/template.js';
import { wantedStart } from '../../domain/timing/batch-start.js';
import { UsageError } from '../../errors.js';
import { isBegun, waitingSizes } from '../../store/batches.js';
import type { CampaignRow } from '../../store/campaigns.js';
import { currentTime } from '../../store/postgres/database.js';
import type { RunRow } from '../../store/runs.js';
import { suppressedAmong } from '../../store/suppressions.js';
import { takenSlots } from '../../store/taken-slots.js';
import { readLaw } from '../law.js';
import { requireRun } from '../require-run.js';
import { audienceMeans } from './audience-means.js';
import { nextFirings } from './coming-firings.js';
import { requireCampaign } from './view-campaign.js';

/** What the rows of a list come to. `accepted` includes duplicates, as when they are enqueued. */
export type RowCounts = { accepted: number; rejected: number; duplicates: number; suppressed: number };

/**
 * Of the accepted, duplicates included: how many there are of each country, by its ISO 3166 code (`ZZ`: of none), and how many
 * are land lines or toll-free numbers, of which hardly any has WhatsApp.
 */
export type NumberCounts = { countries: Record<string, number>; landlines: number; tollFree: number };

/** Counts of rows that are being read, what is odd about them, and the first of them as they would be sent. */
export type Counting = RowCounts & NumberCounts & Survey & { sample: RecipientValues[] };

const sampleSize = 10;

/** So many numbers are looked for on the suppression list at a time. */
const lookUpRows = 1_000;

export function startCounting(): Counting {
  const numbers: NumberCounts = { countries: {}, landlines: 0, tollFree: 0 };
  return { ...startSurvey(), ...numbers, duplicates: 0, suppressed: 0, sample: [] };
}

/** Who is told of rows while they are counted. */
type CountWatcher = {
  /** What each row was read as. */
  onReading?: (reading: RecipientReading) => void;
  /** Those who are left, once everybody is out who is counted twice, or suppressed. */
  onLeft?: (lines: readonly RecipientLine[]) => void;
};

/** Reads rows as enqueueing would, and takes nothing of them but counts and a sample. `counting` is kept up to date. */
export async function countRows(
  ctx: Context,
  {
    columns,
    values,
    template,
  }: { columns: readonly string[]; values: ValuePolicy; template?: TemplateTexts | undefined },
  rows: AsyncIterable<unknown>,
  counting: Counting,
  { onReading, onLeft }: CountWatcher = {},
): Promise<void> {
  const read = compileReaderFor(template, columns, ctx.config.defaultCountry, values);
  const numbers = new NumberSet();
  const classOf = compileNumberClasses();
  let unchecked: RecipientLine[] = [];
  const leaveOut = async () => {
    const left = await leaveOutSuppressed(ctx, unchecked, counting);
    onLeft?.(left);
    unchecked = [];
  };
  for await (const row of rows) {
    const reading = read(row);
    surveyRow(counting, reading);
    onReading?.(reading);
    if (!reading.ok) continue;
    countNumber(counting, classOf(phoneNumberOf(reading.line)));
    if (!numbers.add(identityIn(reading.line))) counting.duplicates += 1;
    else unchecked.push(reading.line);
    if (unchecked.length < lookUpRows) continue;
    await leaveOut();
  }
  await leaveOut();
}

function countNumber(counting: Counting, { country, line }: NumberClass): void {
  counting.countries[country] = (counting.countries[country] ?? 0) + 1;
  if (line === 'landline') counting.landlines += 1;
  if (line === 'tollFree') counting.tollFree += 1;
}

/** Counts those who are suppressed. Returns the others, of whom the first ones come into the sample. */
async function leaveOutSuppressed(
  ctx: Context,
  lines: readonly RecipientLine[],
  counting: Counting,
): Promise<RecipientLine[]> {
  const suppressed = await suppressedAmong(ctx.db, lines.map(identityIn));
  counting.suppressed += suppressed.size;
  const left = lines.filter((line) => !suppressed.has(identityIn(line)));
  const wanted = sampleSize - counting.sample.length;
  if (wanted > 0) counting.sample.push(...left.slice(0, wanted).flatMap(readLines));
  return left;
}

/** How many recipients are left once everybody is out who is counted twice, or suppressed. */
export function remaining({ accepted, duplicates, suppressed }: RowCounts): number {
  return accepted - duplicates - suppressed;
}

/** When a run with so many recipients would start and end, if it were started now. */
export async function forecastNewRun(
  ctx: Context,
  { delivery, startAt, skipMissed, account }: Pick<RunSettings, 'delivery' | 'startAt' | 'skipMissed' | 'account'>,
  recipients: number,
): Promise<Forecast> {
  const now = await currentTime(ctx.db);
  const taken = await takenSlots(ctx.db, { runId: '', account, delivery }, wantedStart(startAt, now));
  const { taken: _, ...told } = forecast(
    { delivery, startAt, createdAt: now, skipMissed, isBegun: false, sizes: batchSizes(delivery, recipients), taken },
    now,
  );
  return told;
}

/** What is left of a run, and when it will be through. `null`: nothing is left. @throws {NotFoundError} */
export async function forecastRun(ctx: Context, runId: string): Promise<Forecast | null> {
  const run = await requireRun(ctx, runId);
  if (run.cancelledAt) return null;
  const { totals, ledger } = await readLaw(ctx, runId);
  return forecastRest(ctx, run, { batches: ledger.batches, recipients: totals });
}

/** What of a run goes out yet: batches that wait, and recipients in none. */
type Rest = { batches: Pick<BatchCounts, 'pending' | 'uploaded'>; recipients: { buffered: number } };

/** The same of a run that was read, and of which it is known what is left. */
export async function forecastRest(ctx: Context, run: RunRow, rest: Rest): Promise<Forecast | null> {
  const [runId, { pending, uploaded }, { buffered }] = [run.id, rest.batches, rest.recipients];
  if (run.cancelledAt || pending + uploaded + buffered === 0) return null;
  const sizes = await waitingSizes(ctx.db, runId);
  if (buffered > 0) sizes.push(...batchSizes({ ...run.delivery, first: null }, buffered));
  if (sizes.length === 0) return null;
  const now = await currentTime(ctx.db);
  const taken = await takenSlots(ctx.db, { ...run, runId }, wantedStart(run.startAt, now));
  const { taken: _, ...told } = forecast({ ...run, isBegun: await isBegun(ctx.db, runId), sizes, taken }, now);
  return told;
}

/**
 * What one of a campaign's next firings would come to. Its audience is read as it is now. Everything but `at` is `null` if the audience
 * is a function that isn't registered here.
 */
export type NextFiring = {
  /** The instant that it fires for, ISO 8601 in UTC. */
  at: string;
} & (Forecast | { [K in keyof Forecast]: null });

/**
 * What a campaign's next firings would come to, each after the ones before it. @param signal gives up reading its audience.
 * @throws {NotFoundError | AudienceError} @throws {SiaranError} `CALENDAR_UNKNOWN` when this process doesn't have its calendar.
 */
export async function forecastCampaign(
  ctx: Context,
  name: string,
  count: number,
  counting: Counting = startCounting(),
  signal?: AbortSignal,
): Promise<NextFiring[]> {
  if (!Number.isInteger(count) || count < 1 || count > 100)
    throw new UsageError(`count is ${String(count)}; it is a whole number from 1 to 100.`);
  const found = await requireCampaign(ctx, name);
  const { delivery, account, ...campaign } = found;
  const { fires: instants } = await nextFirings(ctx, found, count);
  const [first] = instants;
  if (!first) return [];
  const isKnown = await countAudience(ctx, { ...campaign, firesAt: first }, counting, signal);
  if (!isKnown)
    return instants.map((at) => ({
      ...{ at: at.toISOString(), files: null, firstStartAt: null, lastStartAt: null, limit: null, tooLate: null },
    }));
  const now = await currentTime(ctx.db);
  const sizes = batchSizes(delivery, remaining(counting));
  let { portfolio } = await takenSlots(ctx.db, { runId: '', account, delivery }, wantedStart(first, now));
  return instants.map((at) => {
    const { taken, ...told } = forecast(
      { delivery, startAt: at, createdAt: at, skipMissed: false, isBegun: false, sizes, taken: { run: [], portfolio } },
      now,
    );
    portfolio = [...portfolio, ...taken].sort((a, b) => a.at - b.at);
    return { at: at.toISOString(), ...told };
  });
}

/**
 * What firing a campaign now would come to. `null`: its audience is a function's that is registered elsewhere.
 * @param signal gives up reading its audience. @throws {NotFoundError | AudienceError}
 */
export async function forecastFiringNow(
  ctx: Context,
  name: string,
  counting: Counting,
  signal?: AbortSignal,
): Promise<Forecast | null> {
  const campaign = await requireCampaign(ctx, name);
  const isKnown = await countAudience(ctx, { ...campaign, firesAt: await currentTime(ctx.db) }, counting, signal);
  if (!isKnown) return null;
  return forecastNewRun(ctx, { ...campaign, startAt: null, skipMissed: false }, remaining(counting));
}

async function countAudience(
  ctx: Context,
  campaign: Pick<CampaignRow, 'name' | 'audience' | 'columns' | 'values' | keyof Fitting> & { firesAt: Date },
  counting: Counting,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const parsed = parseAudience(campaign.audience);
  if (!parsed.ok) return false;
  if (parsed.audience.kind === 'function' && !ctx.audienceFunctions.has(parsed.audience.name)) return false;
  const firing = { campaign: campaign.name, firesAt: campaign.firesAt };
  const opened = await openAudience(parsed.audience, audienceMeans(ctx, signal), firing, campaign);
  try {
    assertColumns(opened, campaign.columns);
    await countRows(ctx, campaign, opened.rows, counting);
  } finally {
    await opened.close();
  }
  return true;
}
