import { randomInt } from 'node:crypto';
import type { Context } from '../../context.js';
import { showNumber } from '../../domain/numbers/mask-number.js';
import { compileRecipientReader, identityIn, UnreadableRow } from '../../domain/recipients/recipient.js';
import { isLabel } from '../../domain/runs/label.js';
import { ChangedMeanwhileError, NotFoundError, UsageError } from '../../errors.js';
import { forgottenAmong } from '../../store/forgotten.js';
import { endOptOuts } from '../../store/opt-outs.js';
import { withLongDeadlines } from '../../store/postgres/deadlines.js';
import {
  addSuppressions,
  findSuppression,
  removeImported,
  removeSuppression,
  removeSuppressions,
  type SuppressionView,
  suppressionsAfter,
} from '../../store/suppressions.js';
import { noteAudit } from '../audited.js';

/** Phone numbers, written as those of recipients: international, or national if SIARAN_DEFAULT_COUNTRY is set. */
export type PhoneNumbers = Iterable<string | number>;

/** How numbers are put on the suppression list. */
export type SuppressOptions = {
  /** Why, in 1 to 200 characters; `siaran suppress list` shows it. Default `no reason given`. */
  reason?: string;
};

/** How many numbers were put on the suppression list. Each number counts once. */
export type Suppressed = {
  /** Numbers that are new on the list. */
  added: number;
  /** Numbers that were on the list before. */
  already: number;
};

/** How many numbers were taken off the suppression list. Each number counts once. */
export type Unsuppressed = {
  /** Numbers that were taken off the list. */
  removed: number;
  /** Numbers that weren't on the list. */
  absent: number;
};

/** As much as one statement takes. */
const statementRows = 1_000;

/**
 * Puts numbers on the suppression list: no run of any account messages them from now on, whatever it holds of them already.
 * What was handed over to the provider before stays handed over. @throws {UsageError} that names each number that is none.
 */
export async function suppress(
  ctx: Context,
  phoneNumbers: PhoneNumbers,
  { reason = 'no reason given' }: SuppressOptions = {},
): Promise<Suppressed> {
  if (!isLabel(reason)) throw new UsageError('reason must be a text of 1 to 200 characters in one line.');
  const numbers = readNumbers(ctx, phoneNumbers);
  let added = 0;
  for (const slice of slicesOf(numbers)) added += await add(ctx, slice, reason);
  return { added, already: numbers.length - added };
}

/**
 * Takes numbers off the list: from now on they are messaged again, but not by runs that left them out. @throws {UsageError} that names each
 * number that is none, or was forgotten; nothing is taken off then.
 */
export async function unsuppress(ctx: Context, phoneNumbers: PhoneNumbers): Promise<Unsuppressed> {
  const numbers = readNumbers(ctx, phoneNumbers);
  for (const slice of slicesOf(numbers)) await refuseForgotten(ctx, slice);
  let removed = 0;
  for (const slice of slicesOf(numbers))
    removed += await ctx.db.$transaction(async (tx) => {
      await endOptOuts(tx, slice);
      return removeSuppressions(tx, slice);
    });
  return { removed, absent: numbers.length - removed };
}

/**
 * Takes a number off the list if its entry is the one that the caller saw. Returns whether it was there.
 * @throws {ChangedMeanwhileError} when it stands there otherwise by now, as when its owner opted out since. @throws {UsageError}
 */
export async function unsuppressAsSeen(
  ctx: Context,
  written: string,
  seen: Pick<SuppressionView, 'source' | 'addedAt'>,
): Promise<boolean> {
  const [phoneNumber = ''] = readNumbers(ctx, [written]);
  await refuseForgotten(ctx, [phoneNumber]);
  const found = await findSuppression(ctx.db, phoneNumber);
  if (!found) return false;
  return ctx.db.$transaction(async (tx) => {
    await endOptOuts(tx, [phoneNumber]);
    if (await removeSuppression(tx, { ...found, ...seen })) return true;
    throw new ChangedMeanwhileError('The number on the suppression list');
  });
}

/** The whole list in the order of the numbers, a thousand at a time. The audit log tells who asked for it. */
export async function* listSuppressed(ctx: Context): AsyncGenerator<SuppressionView[]> {
  await noteAudit(ctx, { action: 'list suppressions' });
  for (let after: string | undefined; ; ) {
    const page = await suppressionsAfter(ctx.db, after, statementRows);
    yield page;
    after = page.at(-1)?.phoneNumber;
    if (page.length < statementRows) return;
  }
}

/** A page of it. @param cursor what the page before gave as `next`. @throws {UsageError} */
export async function suppressedPage(
  ctx: Context,
  limit: number,
  cursor: string | undefined,
): Promise<{ items: SuppressionView[]; next: string | null }> {
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor))
    throw new UsageError('cursor must be the `next` of the page before.');
  const rows = await suppressionsAfter(ctx.db, cursor, limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.phoneNumber ?? null) : null };
}

/** What an import has come to: `rejected` rows are no phone numbers, and the first of them are told. By `importId` it is undone. */
export type Importing = Suppressed & {
  rejected: number;
  rejections: { position: number; reason: string }[];
  importId: string;
};

const mostRejections = 10;

export function startImporting(): Importing {
  return { added: 0, already: 0, rejected: 0, rejections: [], importId: `i${randomInt(2 ** 40).toString(36)}` };
}

/**
 * Puts the phone_number of each row on the list. What was read before a fault stays on it, and the same rows again change
 * nothing. `importing` is kept up to date.
 */
export async function importSuppressions(
  ctx: Context,
  rows: AsyncIterable<unknown>,
  reason: string,
  importing: Importing,
): Promise<void> {
  const read = compileRecipientReader(['phone_number'], ctx.config.defaultCountry);
  let [numbers, position]: [string[], number] = [[], 0];
  const flush = async () => {
    const added = await add(ctx, numbers, reason, importing.importId);
    importing.added += added;
    importing.already += numbers.length - added;
    numbers = [];
  };
  for await (const row of rows) {
    position += 1;
    const reading = read(onlyNumber(row));
    if (reading.ok) numbers.push(identityIn(reading.line));
    else {
      importing.rejected += 1;
      if (importing.rejections.length < mostRejections) importing.rejections.push({ position, reason: reading.reason });
    }
    if (numbers.length >= statementRows) await flush();
  }
  await flush();
}

/**
 * Takes the numbers of an import off the list again, but for those that were there before, and of people who opted out since.
 * Returns how many. @throws {NotFoundError} when it put none there that still is.
 */
export async function undoImport(ctx: Context, importId: string): Promise<number> {
  const { removed, stayed } = await withLongDeadlines(() => ctx.db.$transaction((tx) => removeImported(tx, importId)));
  if (removed + stayed === 0) throw new NotFoundError('import', importId);
  return removed;
}

/** Other columns don't matter. What couldn't be read as a row stays what it is, and is rejected. */
function onlyNumber(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || row instanceof UnreadableRow) return row;
  return { phone_number: (row as { phone_number?: unknown }).phone_number };
}

function add(ctx: Context, numbers: readonly string[], reason: string, importId?: string): Promise<number> {
  const given = { reason, source: 'operator' as const, ...(importId !== undefined && { importId }) };
  const listed = numbers.map((phoneNumber) => ({ phoneNumber, ...given }));
  return ctx.db.$transaction((tx) => addSuppressions(tx, listed));
}

/** Whoever was forgotten stays on the list: nothing but the list tells that they are to be left alone. @throws {UsageError} */
async function refuseForgotten(ctx: Context, numbers: readonly string[]): Promise<void> {
  const forgotten = await forgottenAmong(ctx.db, numbers);
  const faults = [...forgotten.keys()].map(
    (number) => `phone_number ${showNumber(number)} was forgotten: it stays on the list.`,
  );
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
}

/** All of them at once: an iterable may be read only once. @throws {UsageError} when it is none. */
export function listNumbers(phoneNumbers: PhoneNumbers): (string | number)[] {
  // A text is iterable too, digit by digit.
  if (typeof phoneNumbers !== 'object' || phoneNumbers === null || !(Symbol.iterator in phoneNumbers))
    throw new UsageError('Give an array, or another iterable, of phone numbers.');
  return [...phoneNumbers];
}

function readNumbers(ctx: Context, phoneNumbers: PhoneNumbers): string[] {
  const read = compileRecipientReader(['phone_number'], ctx.config.defaultCountry);
  const readings = listNumbers(phoneNumbers).map((phoneNumber) => read({ phone_number: phoneNumber }));
  const faults = readings.flatMap((reading) => (reading.ok ? [] : [reading.reason]));
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return [...new Set(readings.flatMap((reading) => (reading.ok ? [identityIn(reading.line)] : [])))];
}

function* slicesOf(numbers: readonly string[]): Generator<string[]> {
  for (let at = 0; at < numbers.length; at += statementRows) yield numbers.slice(at, at + statementRows);
}
