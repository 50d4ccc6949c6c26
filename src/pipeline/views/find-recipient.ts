import type { Context } from '../../context.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import { compilePhoneNumberReader } from '../../domain/numbers/phone-number.js';
import { UsageError } from '../../errors.js';
import { suppressedAmong } from '../../store/suppressions.js';
import { type RecipientRun, runsOfNumber } from '../../store/views/recipient-runs.js';

/** All that Postgres knows of one number. Runs that were purged have no numbers any more. */
export type RecipientView = {
  /** E.164 digits without `+`, in the form that was asked for. */
  phoneNumber: string;
  /** Whether it stands on the suppression list now. */
  suppressed: boolean;
  /** Each run that it was enqueued in, newest first. */
  runs: RecipientRun[];
};

/** @throws {UsageError} when it is no phone number, or one without a country. */
export async function findRecipient(ctx: Context, text: string): Promise<RecipientView> {
  const phoneNumber = readPhoneNumber(ctx, text);
  const identity = identityOf(phoneNumber);
  const suppressed = (await suppressedAmong(ctx.db, [identity])).has(identity);
  return { phoneNumber, suppressed, runs: await runsOfNumber(ctx.db, identity) };
}

/** As recipients' numbers are read: E.164 digits without `+`. @throws {UsageError} */
export function readPhoneNumber(ctx: Context, text: string): string {
  const reading = compilePhoneNumberReader(ctx.config.defaultCountry)(text);
  if (!reading.ok) throw new UsageError(`${reading.reason}.`);
  return reading.digits;
}
