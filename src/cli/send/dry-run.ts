import { lstat, writeFile } from 'node:fs/promises';
import type { Forecast } from '../../domain/campaigns/forecast.js';
import { readDelivery } from '../../domain/delivery/delivery.js';
import type { CountedDoubt } from '../../domain/recipients/doubts.js';
import type { RejectionGroup } from '../../domain/recipients/rejection-reasons.js';
import { isError, UsageError } from '../../errors.js';
import {
  countRows,
  forecastNewRun,
  type NumberCounts,
  type RowCounts,
  remaining,
  startCounting,
} from '../../pipeline/campaigns/forecast.js';
import { isComplete } from '../../pipeline/intake/intake.js';
import { checkRun } from '../../pipeline/intake/start-run.js';
import { type BroadcastCsv, broadcastCsv } from '../../qiscus/broadcast-csv.js';
import { describeForecast } from '../terminal/describe-forecast.js';
import { describeNumbers } from '../terminal/describe-numbers.js';
import { describeDoubts, describeRejections } from '../terminal/describe-survey.js';
import { unlessInterrupted } from '../terminal/interrupt.js';
import { bold, count } from '../terminal/output.js';
import { showProgress } from '../terminal/progress.js';
import type { Opened } from '../with-siaran.js';
import { describeRows } from './confirm-send.js';
import { noteMissingCountry } from './default-country.js';
import { hashed, openInput, openRows, warnOfCut } from './recipient-input.js';
import { explainConflict, knownKeyOf, runRequest } from './send-recipients.js';
import type { SendRequest } from './send-request.js';
import { onEachRow, refuseColumns } from './survey-input.js';

/** What sending would come to. `sample`: the file with the first recipients, as Qiscus would be given them, if one was asked for. */
export type DryRun = RowCounts &
  NumberCounts &
  Forecast & {
    doubtful: CountedDoubt[];
    rejections: RejectionGroup[];
    sample: string | null;
    /** The run that has all of it already: sending it would do nothing. */
    already?: true;
    runId?: string;
  };

/**
 * Reads recipients as sending would, refuses what that would refuse, and neither sends, uploads nor keeps anything.
 * @param sampleFile where the first recipients are written to, if anywhere; it must not be there yet.
 */
export async function dryRun(
  session: Opened,
  request: SendRequest,
  sampleFile: string | undefined,
  stop: AbortSignal,
): Promise<DryRun> {
  const { ctx } = session;
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
    const content = hashed(input.read());
    const opened = await unlessInterrupted(stop, openRows(input, content, request));
    refuseColumns(input.name, opened.columns, request);
    noteMissingCountry(ctx.config.defaultCountry);
    const rows = onEachRow(opened.rows, () => {
      bytes = opened.bytesRead();
    });
    const reading = { columns: opened.columns, values: request.values ?? 'reject', template: request.template };
    await unlessInterrupted(stop, countRows(ctx, reading, rows, counting));
    warnOfCut(input.name, opened.cutLine());
    const key = knownKeyOf(request, input.size === undefined ? undefined : content.digest());
    const known = await checkRun(ctx, runRequest(request, key, opened.columns)).catch(
      explainConflict(session, request),
    );
    const isAlready = known !== undefined && (await isComplete(ctx, known));
    const { delivery } = readDelivery(request.delivery);
    const skipMissed = request.delivery.catchUp === 'skip';
    const run = { delivery, startAt: request.startAt ?? null, skipMissed, account };
    const { sample, doubts, reasons, ...counts } = counting;
    const odd = { doubtful: doubts.list(), rejections: reasons.list() };
    const forecast = await forecastNewRun(ctx, run, isAlready ? 0 : remaining(counts));
    if (sampleFile !== undefined)
      await writeSample(sampleFile, broadcastCsv(opened.columns, request.separator ?? ',', sample));
    const countries = Object.fromEntries(Object.entries(counts.countries).sort(([, a], [, b]) => b - a));
    const already = isAlready ? { already: true as const, runId: known.id } : {};
    return { ...counts, countries, ...forecast, ...odd, sample: sampleFile ?? null, ...already };
  } finally {
    shown.stop();
    await input.close();
  }
}

/** @param timeZone whose clock starts are told by. */
export function describeDryRun({ sample, already, runId, ...told }: DryRun, timeZone?: string): string {
  const numbers = describeNumbers(told);
  return [
    bold('Nothing was sent.'),
    ...(already ? [`  already     run ${runId} has all of it: sending it would do nothing`] : []),
    `  recipients  ${describeRows(told)}`,
    ...(numbers === '' ? [] : [`  numbers     ${numbers}`]),
    ...describeRejections(told.rejections).map((line) => `  rejected    ${line}`),
    ...describeDoubts(told.doubtful).map((line) => `  doubtful    ${line}`),
    ...(already ? [] : [`  broadcast   ${describeForecast(told, timeZone)}`]),
    ...(sample === null ? [] : [`  sample      ${sample}, with the first recipients as Qiscus would be given them`]),
  ].join('\n');
}

async function refuseExisting(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found) throw new UsageError(alreadyThere(file));
}

/** For its owner's eyes only: there are phone numbers in it. */
async function writeSample(file: string, made: BroadcastCsv): Promise<void> {
  if (!made.ok) throw new Error(`the sample can't be made: ${made.fault}`);
  try {
    await writeFile(file, made.csv, { mode: 0o600, flag: 'wx' });
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
