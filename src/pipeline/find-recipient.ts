import type { Context } from '../context.js';
import { compilePhoneNumberReader } from '../domain/phone-number.js';
import { UsageError } from '../errors.js';
import { type RecipientRun, runsOfNumber } from '../store/recipient-runs.js';
import { suppressedAmong } from '../store/suppressions.js';

/** All that the ledger knows of one number, newest run first. Runs that were purged know no numbers any more. */
export type RecipientView = {
  /** E.164 digits without `+`. */
  phoneNumber: string;
  /** Whether it stands on the suppression list now. */
  suppressed: boolean;
  runs: RecipientRun[];
};

/** @throws {UsageError} when it is no phone number, or one without a country. */
export async function findRecipient(ctx: Context, text: string): Promise<RecipientView> {
  const phoneNumber = readPhoneNumber(ctx, text);
  const suppressed = (await suppressedAmong(ctx.db, [phoneNumber])).has(phoneNumber);
  return { phoneNumber, suppressed, runs: await runsOfNumber(ctx.db, phoneNumber) };
}

/** As recipients' numbers are read: E.164 digits without `+`. @throws {UsageError} */
export function readPhoneNumber(ctx: Context, text: string): string {
  const reading = compilePhoneNumberReader(ctx.config.defaultCountry)(text);
  if (!reading.ok) throw new UsageError(`${reading.reason}.`);
  return reading.digits;
}
