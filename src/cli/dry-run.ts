import { rm, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { checkColumns } from '../domain/columns.js';
import { readDelivery } from '../domain/delivery.js';
import type { Forecast } from '../domain/forecast.js';
import { UsageError } from '../errors.js';
import {
  type Counting,
  countRows,
  forecastNewRun,
  type RowCounts,
  remaining,
  startCounting,
} from '../pipeline/forecast.js';
import { assertAccount } from '../pipeline/require-account.js';
import { broadcastCsv } from '../qiscus/broadcast-csv.js';
import { describeForecast } from './describe-forecast.js';
import { unlessInterrupted } from './interrupt.js';
import { bold, count } from './output.js';
import { showProgress } from './progress.js';
import { openInput, openRows, warnOfCut } from './recipient-input.js';
import type { SendRequest } from './send-recipients.js';
import type { Opened } from './with-siaran.js';

/** What sending would come to. `sample`: the file with the first recipients, as Qiscus would be given them. */
export type DryRun = RowCounts & Forecast & { sample: string };

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
    const opened = await unlessInterrupted(stop, openRows(input, input.read(), request));
    const faults = checkColumns(opened.columns);
    if (faults.length > 0) throw new UsageError(`${input.name}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    const rows = told(opened.rows, () => {
      bytes = opened.bytesRead();
    });
    await unlessInterrupted(stop, countRows(ctx, opened.columns, rows, counting));
    warnOfCut(input.name, opened.cutLine());
    const { delivery } = readDelivery(request.delivery);
    const run = { delivery, startAt: request.startAt ?? null, account };
    const { sample, ...counts } = counting;
    const forecast = await forecastNewRun(ctx, run, remaining(counts));
    return { ...counts, ...forecast, sample: await writeSample(request, opened.columns, counting) };
  } finally {
    shown.stop();
    await input.close();
  }
}

export function describeDryRun({ accepted, rejected, duplicates, suppressed, sample, ...forecast }: DryRun): string {
  return [
    bold('Nothing was sent.'),
    `  recipients  ${count(accepted)} accepted · ${count(duplicates)} duplicates · ${count(suppressed)} suppressed · ${count(rejected)} rejected`,
    `  broadcast   ${describeForecast(forecast)}`,
    `  sample      ${sample}, with the first recipients as Qiscus would be given them`,
  ].join('\n');
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
