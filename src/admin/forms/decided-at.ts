import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { currentTime } from '../../store/postgres/database.js';

/** How long an operator may take to decide after figures were shown: later they may have changed. */
const decideWithinMs = 3_600_000;

/** Clocks differ. */
const aheadMs = 60_000;

/**
 * The instant at which an operator decided to fire a campaign. It makes repeated requests the same firing.
 * @throws {UsageError} when it isn't of this hour.
 */
export async function decidedAt(ctx: Context, asOf: string): Promise<Date> {
  const at = new Date(asOf);
  const ageMs = (await currentTime(ctx.db)).getTime() - at.getTime();
  if (ageMs >= -aheadMs && ageMs <= decideWithinMs) return at;
  throw new UsageError(
    'asOf, when it was decided, must be within the past hour: look at the figures again, then fire it.',
  );
}
