import { rm, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { openRecipients } from '../audience/read-recipients.js';
import { checkColumns } from '../domain/columns.js';
import { readDelivery } from '../domain/delivery.js';
import type { Forecast } from '../domain/forecast.js';
import { UsageError } from '../errors.js';
import {
  type Counting,
  countRows,
  forecastNewRun,
  type NumberCounts,
  type RowCounts,
  remaining,
  startCounting,
} from '../pipeline/forecast.js';
import { assertAccount } from '../pipeline/require-account.js';
import { broadcastCsv } from '../qiscus/broadcast-csv.js';
import { noteMissingCountry } from './default-country.js';
import { describeForecast } from './describe-forecast.js';
import { unlessInterrupted } from './interrupt.js';
import { bold, count } from './output.js';
import { showProgress } from './progress.js';
import { openInput } from './recipient-input.js';
import type { SendRequest } from './send-recipients.js';
import type { Opened } from './with-siaran.js';

/** What sending would come to. `sample`: the file with the first recipients, as Qiscus would be given them. */
export type DryRun = RowCounts & NumberCounts & Forecast & { sample: string };

/** Reads recipients as sending would, and neither sends, uploads nor keeps anything but a sample in the current folder. */
export async function dryRun({ ctx }: Opened, request: SendRequest, stop: AbortSignal): Promise<DryRun> {
  const { account = 'default' } = request;
  await assertAccount(ctx, account);
  const input = await openInput(request.path);
  const counting = startCounting();
  let [bytes, total] = [0, input.size];
  const shown = showProgress(() => ({
    fraction: total === undefined ? undefined : total === 0 ? 1 : bytes / total,
    text: `${count(counting.accepted)} accepted · ${count(counting.rejected)} rejected`,
  }));
  try {
    const { separator } = request;
    const opened = await unlessInterrupted(
      stop,
      openRecipients({ stream: input.read(), name: input.name, ...(separator && { separator }) }),
    );
    const faults = checkColumns(opened.columns);
    if (faults.length > 0) throw new UsageError(`${input.name}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    noteMissingCountry(ctx.config.defaultCountry);
    const rows = told(opened.rows, () => {
      bytes = opened.bytesRead();
    });
    await unlessInterrupted(stop, countRows(ctx, opened.columns, rows, counting));
    const { delivery } = readDelivery(request.delivery);
    const run = { delivery, startAt: request.startAt ?? null, account };
    const { sample, ...counts } = counting;
    const forecast = await forecastNewRun(ctx, run, remaining(counts));
    const countries = Object.fromEntries(Object.entries(counts.countries).sort(([, a], [, b]) => b - a));
    return { ...counts, countries, ...forecast, sample: await writeSample(request, opened.columns, counting) };
  } finally {
    shown.stop();
    await input.close();
  }
}

export function describeDryRun({ accepted, rejected, duplicates, suppressed, sample, ...rest }: DryRun): string {
  const { countries, landlines, tollFree, ...forecast } = rest;
  const numbers = describeNumbers({ countries, landlines, tollFree });
  return [
    bold('Nothing was sent.'),
    `  recipients  ${count(accepted)} accepted · ${count(duplicates)} duplicates · ${count(suppressed)} suppressed · ${count(rejected)} rejected`,
    ...(numbers === '' ? [] : [`  numbers     ${numbers}`]),
    `  broadcast   ${describeForecast(forecast)}`,
    `  sample      ${sample}, with the first recipients as Qiscus would be given them`,
  ].join('\n');
}

/** `ID 2,460 · SG 3 · land lines 2`: the commonest countries by name, the others as one number. */
function describeNumbers({ countries, landlines, tollFree }: NumberCounts): string {
  const all = Object.entries(countries);
  const others = all.slice(8).reduce((sum, [, numbers]) => sum + numbers, 0);
  return [
    ...all.slice(0, 8).map(([country, numbers]) => `${country} ${count(numbers)}`),
    ...(others > 0 ? [`others ${count(others)}`] : []),
    ...(landlines > 0 ? [`of them ${count(landlines)} land lines`] : []),
    ...(tollFree > 0 ? [`of them ${count(tollFree)} toll-free`] : []),
  ].join(' · ');
}

async function* told(rows: AsyncIterable<unknown>, onRow: () => void): AsyncGenerator<unknown> {
  for await (const row of rows) {
    onRow();
    yield row;
  }
}

/** For its owner's eyes only: there are phone numbers in it. */
async function writeSample(
  { path, separator = ',' }: SendRequest,
  columns: readonly string[],
  { sample }: Counting,
): Promise<string> {
  const name = path === '-' ? 'recipients' : basename(path, extname(path));
  const sampleName = `${name}.sample.csv`;
  // A file that is there keeps its mode.
  await rm(sampleName, { force: true });
  await writeFile(sampleName, broadcastCsv(columns, separator, sample), { mode: 0o600 });
  return sampleName;
}
