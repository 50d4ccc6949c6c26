import { lstat, writeFile } from 'node:fs/promises';
import { openRecipients } from '../audience/read-recipients.js';
import { checkColumns } from '../domain/columns.js';
import { readDelivery } from '../domain/delivery.js';
import type { Forecast } from '../domain/forecast.js';
import { isError, UsageError } from '../errors.js';
import { countRows, forecastNewRun, type RowCounts, remaining, startCounting } from '../pipeline/forecast.js';
import { checkRun } from '../pipeline/start-run.js';
import { broadcastCsv } from '../qiscus/broadcast-csv.js';
import { describeForecast } from './describe-forecast.js';
import { unlessInterrupted } from './interrupt.js';
import { bold, count } from './output.js';
import { showProgress } from './progress.js';
import { hashed, openInput } from './recipient-input.js';
import { explainConflict, knownKeyOf, runRequest, type SendRequest } from './send-recipients.js';
import type { Opened } from './with-siaran.js';

/** What sending would come to. `sample`: the file with the first recipients, as Qiscus would be given them, if one was asked for. */
export type DryRun = RowCounts & Forecast & { sample: string | null };

/**
 * Reads recipients as sending would, refuses what that would refuse, and neither sends, uploads nor keeps anything.
 * @param sampleFile where the first recipients are written to, if anywhere; it must not be there yet.
 */
export async function dryRun(
  { ctx }: Opened,
  request: SendRequest,
  sampleFile: string | undefined,
  stop: AbortSignal,
): Promise<DryRun> {
  if (sampleFile !== undefined) await refuseExisting(sampleFile);
  const { account = 'default' } = request;
  const input = await openInput(request.path);
  const counting = startCounting();
  let [bytes, total] = [0, input.size];
  const shown = showProgress(() => ({
    fraction: total === undefined ? undefined : total === 0 ? 1 : bytes / total,
    text: `${count(counting.accepted)} accepted · ${count(counting.rejected)} rejected`,
  }));
  try {
    const { separator } = request;
    const content = hashed(input.read());
    const opened = await unlessInterrupted(
      stop,
      openRecipients({ stream: content, name: input.name, ...(separator && { separator }) }),
    );
    const faults = checkColumns(opened.columns);
    if (faults.length > 0) throw new UsageError(`${input.name}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    const rows = told(opened.rows, () => {
      bytes = opened.bytesRead();
    });
    await unlessInterrupted(stop, countRows(ctx, opened.columns, rows, counting));
    const key = knownKeyOf(request, input.size === undefined ? undefined : content.digest());
    await checkRun(ctx, runRequest(request, key, opened.columns)).catch((error: unknown) => {
      throw explainConflict(request, error);
    });
    const { delivery } = readDelivery(request.delivery);
    const skipMissed = request.delivery.catchUp === 'skip';
    const run = { delivery, startAt: request.startAt ?? null, skipMissed, account };
    const { sample, ...counts } = counting;
    const forecast = await forecastNewRun(ctx, run, remaining(counts));
    if (sampleFile !== undefined) await writeSample(sampleFile, broadcastCsv(opened.columns, separator ?? ',', sample));
    return { ...counts, ...forecast, sample: sampleFile ?? null };
  } finally {
    shown.stop();
    await input.close();
  }
}

/** @param timeZone whose clock starts are told by. */
export function describeDryRun(
  { accepted, rejected, duplicates, suppressed, sample, ...forecast }: DryRun,
  timeZone?: string,
): string {
  return [
    bold('Nothing was sent.'),
    `  recipients  ${count(accepted)} accepted · ${count(duplicates)} duplicates · ${count(suppressed)} suppressed · ${count(rejected)} rejected`,
    `  broadcast   ${describeForecast(forecast, timeZone)}`,
    ...(sample === null ? [] : [`  sample      ${sample}, with the first recipients as Qiscus would be given them`]),
  ].join('\n');
}

async function* told(rows: AsyncIterable<unknown>, onRow: () => void): AsyncGenerator<unknown> {
  for await (const row of rows) {
    onRow();
    yield row;
  }
}

async function refuseExisting(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found) throw new UsageError(alreadyThere(file));
}

/** For its owner's eyes only: there are phone numbers in it. */
async function writeSample(file: string, content: string | Buffer): Promise<void> {
  try {
    await writeFile(file, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = isError(error) ? (error as NodeJS.ErrnoException).code : undefined;
    if (code === 'EEXIST') throw new UsageError(alreadyThere(file), { cause: error });
    const why = code === 'ENOENT' ? 'there is no such folder' : String(code);
    throw new UsageError(`--sample: ${file} can't be written: ${why}.`, { cause: error });
  }
}

function alreadyThere(file: string): string {
  return `--sample: ${file} exists already; name another file, or remove that one.`;
}
