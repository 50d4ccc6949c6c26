import type { Context } from '../../context.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import { compilePhoneNumberReader } from '../../domain/numbers/phone-number.js';
import { readUserId } from '../../domain/statuses/user-ids.js';
import { UsageError } from '../../errors.js';
import { type Forgetting, findForgetting } from '../../store/forgotten.js';
import { suppressedAmong } from '../../store/suppressions.js';
import { findNumberOfUser } from '../../store/user-ids.js';
import { type RecipientRun, runsOfNumber } from '../../store/views/recipient-runs.js';

/** All that Postgres knows of one number. Runs that were purged have no numbers any more. */
export type RecipientView = {
  /** E.164 digits without `+`, in the form that was asked for. */
  phoneNumber: string;
  /** Whether it stands on the suppression list now. */
  suppressed: boolean;
  /** Who asked for its owner to be forgotten, and when: runs from before have it no more; `null`: nobody did. */
  forgotten: Forgetting | null;
  /** Each run that it was enqueued in, newest first. */
  runs: RecipientRun[];
};

/**
 * @param text a phone number, or a business-scoped user id of WhatsApp's (`MY.2035200694071263`)
 * @throws {UsageError} when it is neither, a number without a country, or an id whose number isn't known
 */
export async function findRecipient(ctx: Context, text: string): Promise<RecipientView> {
  const userId = readUserId(text);
  const phoneNumber = userId === null ? readPhoneNumber(ctx, text) : await numberOf(ctx, userId);
  const identity = identityOf(phoneNumber);
  const suppressed = (await suppressedAmong(ctx.db, [identity])).has(identity);
  const forgotten = await findForgetting(ctx.db, identity);
  return { phoneNumber, suppressed, forgotten, runs: await runsOfNumber(ctx.db, identity) };
}

async function numberOf(ctx: Context, userId: string): Promise<string> {
  const phoneNumber = await findNumberOfUser(ctx.db, userId);
  if (phoneNumber !== undefined) return phoneNumber;
  throw new UsageError(`No callback has told which number the user id ${userId} stands for.`);
}

/** As recipients' numbers are read: E.164 digits without `+`. @throws {UsageError} */
export function readPhoneNumber(ctx: Context, text: string): string {
  if (typeof text !== 'string')
    throw new UsageError('phone_number is no text; write it internationally, such as 6281234567890.');
  const reading = compilePhoneNumberReader(ctx.config.defaultCountry)(text);
  if (!reading.ok) throw new UsageError(`${reading.reason}.`);
  return reading.digits;
}
