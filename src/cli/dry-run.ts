import { rm, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { openRecipients } from '../audience/read-recipients.js';
import { readDelivery } from '../domain/delivery.js';
import type { CountedDoubt } from '../domain/doubts.js';
import type { Forecast } from '../domain/forecast.js';
import type { RejectionGroup } from '../domain/rejection-reasons.js';
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
import { describeDoubts, describeRejections } from './describe-survey.js';
import { unlessInterrupted } from './interrupt.js';
import { bold, count } from './output.js';
import { showProgress } from './progress.js';
import { columnsIfEmpty, openInput } from './recipient-input.js';
import type { SendRequest } from './send-request.js';
import { refuseColumns } from './survey-input.js';
import type { Opened } from './with-siaran.js';

/** What sending would come to. `sample`: the file with the first recipients, as Qiscus would be given them. */
export type DryRun = RowCounts & Forecast & { doubtful: CountedDoubt[]; rejections: RejectionGroup[]; sample: string };

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
      openRecipients({ stream: input.read(), name: input.name, columnsIfEmpty, ...(separator && { separator }) }),
    );
    refuseColumns(input.name, opened.columns, request.delivery.delivery);
    const rows = told(opened.rows, () => {
      bytes = opened.bytesRead();
    });
    await unlessInterrupted(
      stop,
      countRows(ctx, { columns: opened.columns, values: request.values ?? 'reject' }, rows, counting),
    );
    const { delivery } = readDelivery(request.delivery);
    const run = { delivery, startAt: request.startAt ?? null, account };
    const { sample: _, doubts, reasons, ...counts } = counting;
    const odd = { doubtful: doubts.list(), rejections: reasons.list() };
    const forecast = await forecastNewRun(ctx, run, remaining(counts));
    return { ...counts, ...forecast, ...odd, sample: await writeSample(request, opened.columns, counting) };
  } finally {
    shown.stop();
    await input.close();
  }
}

export function describeDryRun({ accepted, rejected, duplicates, suppressed, sample, ...run }: DryRun): string {
  return [
    bold('Nothing was sent.'),
    `  recipients  ${count(accepted)} accepted · ${count(duplicates)} duplicates · ${count(suppressed)} suppressed · ${count(rejected)} rejected`,
    ...describeRejections(run.rejections).map((line) => `  rejected    ${line}`),
    ...describeDoubts(run.doubtful).map((line) => `  doubtful    ${line}`),
    `  broadcast   ${describeForecast(run)}`,
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
  const made = broadcastCsv(columns, separator, sample);
  if (!made.ok) throw new Error(`the sample can't be made: ${made.fault}`);
  await writeFile(sampleName, made.csv, { mode: 0o600 });
  return sampleName;
}
