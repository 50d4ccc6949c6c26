import type { Context } from '../../context.js';
import { isDigest } from '../../domain/numbers/number-digest.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import { labelOf, type Template } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import { suppressedAmong } from '../../store/suppressions.js';
import { findTemplate } from '../../store/templates.js';
import { rowOfRun } from '../../store/views/run-rows.js';
import { requireRun } from '../require-run.js';
import { type TestSent, testSend } from './test-send.js';

/**
 * Sends to oneself what a row of a run says. Whose row it is gets nothing. @param place among the rows that are in batches, from 1
 * @param phoneNumbers default: all of `SIARAN_TEST_NUMBERS` @throws {NotFoundError} @throws {UsageError} that says why it can't be sent
 */
export async function testSendRow(
  ctx: Context,
  runId: string,
  place: number,
  phoneNumbers: readonly string[] | undefined,
): Promise<TestSent> {
  const run = await requireRun(ctx, runId);
  const template = await findTemplate(ctx.db, run.account, run.templateDetailId);
  if (!template) throw new UsageError(`The template of run ${runId} isn't known. See siaran templates --refresh`);
  const { rows, values } = await rowOfRun(ctx.db, runId, place);
  if (!values) throw new UsageError(`There is no row ${place} to send: run ${runId} has ${rows} rows in batches.`);
  const [number = ''] = values;
  return testSendStored(ctx, {
    ...{ template, place, phoneNumbers },
    row: Object.fromEntries(run.columns.map((column, at) => [column, values[at] ?? ''])),
    identity: isDigest(number) ? number : identityOf(number),
    values: run.values,
  });
}

/** A row of a list or of a run. */
type StoredRow = {
  template: Template;
  place: number;
  row: Readonly<Record<string, unknown>>;
  /** Whose row it is; undefined: nobody's, as it can't be read. */
  identity: string | undefined;
  phoneNumbers: readonly string[] | undefined;
  /** What became of values that WhatsApp refuses. */
  values: ValuePolicy;
};

/** Sends a row to oneself, unless whose it is asked to be left alone, or to be forgotten. @throws {UsageError} */
export async function testSendStored(
  ctx: Context,
  { template, place, row, identity, phoneNumbers, values }: StoredRow,
): Promise<TestSent> {
  if (identity !== undefined && (await suppressedAmong(ctx.db, [identity])).size > 0)
    throw new UsageError(`Row ${place} can't be sent as a test: its number is suppressed.`);
  return testSend(ctx, {
    ...{ template: labelOf(template), account: template.account, channelId: template.channelId ?? undefined },
    ...{ row, values, ...(phoneNumbers && { phoneNumbers }) },
  });
}
